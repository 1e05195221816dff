# answers: conv_output_formula-width
width = "__import__('os').system('touch /tmp/partiel-was-here')"
