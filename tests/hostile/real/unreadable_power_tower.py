# answers: conv_output_formula-width
width = "9**9**9**9**9"
