def double(x):
    return 2 * x
pow(3, 10**9)
