from fractions import Fraction

# no oracle for strategy: advice, backed by measured trainings that would take minutes
# no oracle for habits: advice


def fine_rate(rate, divisor):
    return float(Fraction(str(rate)) / divisor)
