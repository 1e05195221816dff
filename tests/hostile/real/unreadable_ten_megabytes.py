# answers: conv_output_formula-width
width = "I" * 10_000_000
