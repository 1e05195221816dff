# fails: gives_each_input_its_caption
def pairs(images, captions):
    n_chains, n = images.shape[:2]
    inputs = images[:, 1:].reshape(n_chains * (n - 1), *images.shape[2:])
    targets = images[:, :-1].reshape(n_chains * (n - 1), *images.shape[2:])
    texts = list(captions) * (n - 1)
    return inputs, texts, targets
