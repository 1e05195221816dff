# answers: conv_output_formula-width
width = "<img src=x onerror=alert(1)>\x1b[31m\u202e"
