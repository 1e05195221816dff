def schedule(T, first, last):
    beta = [first + (last - first) * t / (T - 1) for t in range(T)]
    alpha = [1 - b for b in beta]
    alpha_bar, kept = [], 1.0
    for a in alpha:
        kept *= a
        alpha_bar.append(kept)
    return beta, alpha, alpha_bar
