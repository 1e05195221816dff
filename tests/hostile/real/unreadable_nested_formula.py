# answers: conv_output_formula-width
width = "(" * 50_000 + "I" + ")" * 50_000
