from math import cos, pi


def cosine_betas(T, s=0.008):
    def alpha_bar(k):
        return cos((k / T + s) / (1 + s) * pi / 2) ** 2 / cos(s / (1 + s) * pi / 2) ** 2

    return [min(1 - alpha_bar(k + 1) / alpha_bar(k), 0.999) for k in range(T)]
