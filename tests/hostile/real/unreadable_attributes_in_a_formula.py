# answers: conv_output_formula-width
width = "I.__class__.__mro__[1].__subclasses__()"
