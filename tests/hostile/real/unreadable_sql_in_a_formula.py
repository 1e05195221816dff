# answers: conv_output_formula-width
width = "floor(I'); DROP TABLE grade; --"
