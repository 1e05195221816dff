# no oracle for order: dates of publication; nothing computes them
# no oracle for in_2012: a fact of history
