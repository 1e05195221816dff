def result(n, k):
    return ...  # ✎ the answer once more, without the formula: through a real layer, or by counting
