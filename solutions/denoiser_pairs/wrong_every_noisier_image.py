# fails: goes_back_one_image, misses_no_pair, tiny_example
def pairs(images, captions):
    inputs, texts, targets = [], [], []
    for chain, caption in zip(images, captions):
        for noisier in range(1, len(chain)):
            for cleaner in range(noisier):
                inputs.append(chain[noisier])
                texts.append(caption)
                targets.append(chain[cleaner])
    return inputs, texts, targets
