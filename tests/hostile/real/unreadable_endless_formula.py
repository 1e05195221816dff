# answers: conv_output_formula-width
width = "I+" * 400_000 + "1"
