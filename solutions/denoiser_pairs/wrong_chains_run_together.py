# fails: keeps_chains_apart
def pairs(images, captions):
    n_chains, n = images.shape[:2]
    flat = images.reshape(n_chains * n, *images.shape[2:])
    texts = [captions[k // n] for k in range(1, n_chains * n)]
    return flat[1:], texts, flat[:-1]
