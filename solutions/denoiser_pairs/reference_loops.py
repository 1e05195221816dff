def pairs(images, captions):
    inputs, texts, targets = [], [], []
    for step in range(images.shape[1] - 1, 0, -1):
        for chain, caption in zip(images, captions):
            inputs.append(chain[step])
            texts.append(caption)
            targets.append(chain[step - 1])
    return inputs, texts, targets
