# fails: misses_no_pair, tiny_example
def pairs(images, captions):
    n_chains, n = images.shape[:2]
    inputs = images[:, 1:-1].reshape(n_chains * (n - 2), *images.shape[2:])
    targets = images[:, :-2].reshape(n_chains * (n - 2), *images.shape[2:])
    texts = [caption for caption in captions for _ in range(n - 2)]
    return inputs, texts, targets
