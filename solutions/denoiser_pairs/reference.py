def pairs(images, captions):
    n_chains, n = images.shape[:2]
    inputs = images[:, 1:].reshape(n_chains * (n - 1), *images.shape[2:])
    targets = images[:, :-1].reshape(n_chains * (n - 1), *images.shape[2:])
    texts = [caption for caption in captions for _ in range(n - 1)]
    return inputs, texts, targets
