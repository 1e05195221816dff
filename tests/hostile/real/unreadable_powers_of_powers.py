# answers: conv_output_formula-width
width = "I^I^I + 10^10^3"
