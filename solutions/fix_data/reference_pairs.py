import random


def prepare(x_train, y_train, x_test, seed):
    def scaled(image):
        return [[[pixel / 255.0] for pixel in row] for row in image.tolist()]

    pairs = [(scaled(image), int(label)) for image, label in zip(x_train, y_train)]
    random.seed(seed)
    random.shuffle(pairs)
    images, labels = zip(*pairs)
    return list(images), list(labels), [scaled(image) for image in x_test]


def example(x, y, seed):
    return random.Random(seed).choice(list(zip(x, y)))
