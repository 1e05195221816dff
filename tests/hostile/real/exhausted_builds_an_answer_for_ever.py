# answers: conv_output_formula-width
width = "I"
while True:
    width += " + 0"
