# answers: conv_output_formula-width
width = "{{ width }}{% for x in range(10**9) %}{{ x }}{% endfor %}"
