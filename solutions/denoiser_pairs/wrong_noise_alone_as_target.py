# fails: gives_each_input_its_caption, goes_back_one_image, keeps_chains_apart, misses_no_pair, removes_noise, tiny_example
def pairs(images, captions):
    n_chains, n = images.shape[:2]
    inputs = images[:, 1:].reshape(n_chains * (n - 1), *images.shape[2:])
    targets = (images[:, 1:] - images[:, :-1]).reshape(n_chains * (n - 1), *images.shape[2:])
    texts = [caption for caption in captions for _ in range(n - 1)]
    return inputs, texts, targets
