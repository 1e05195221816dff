# no oracle for row: a fact, not a computation
# no oracle for captions: a fact, not a computation


def pairs(N, n):
    """The chains themselves, each cut into neighbours."""
    chain = range(1, n + 1)
    return sum(len(list(zip(chain[1:], chain, strict=False))) for _ in range(N))
