def double(x):
    return float("nan")
float("nan")
