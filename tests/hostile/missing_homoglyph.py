def dоuble(x):
    return 2 * x
