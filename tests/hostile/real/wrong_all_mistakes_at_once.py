# answers: conv_output_formula-width
width = "min(I, K, P, S, floor((I - K + P) / S) + 1)"
