# answers: conv_output_formula-width
width = "(lambda: open('/tmp/partiel-was-here', 'w'))()"
