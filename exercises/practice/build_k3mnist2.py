import numpy as np

from grader.author import grid, task, value
from grader.networks import conv, drawn, flat, place, pool, relu, softmax, weights

minutes = 20
difficulty = 2
tags = ("code", "cnn", "mnist")
needs = ("torch", "keras")

params = grid(classes=[10])  # one variant: it is the course's network
DENSE = [(7 * 7 * 16, 100), (100,), (100, 10), (10,)]
SHAPES = [(3, 3, 1, 8), (8,), (3, 3, 8, 16), (16,), *DENSE]


@value
def parameters():
    return int(sum(np.prod(shape) for shape in SHAPES))


@task(points=5, asks=("model", "predict"), seconds=60, memory_mib=4096)
def network():
    import keras
    from keras import layers

    model = ...

    def predict(images):
        return model.predict(images, verbose=0)


@network.check
def ten_probabilities_for_each_image(predict):
    for n in (1, 4):
        probabilities = np.asarray(predict(some_images(n)))
        assert probabilities.shape == (n, 10)
        assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)
        assert probabilities.min() >= 0


@network.check
def all_its_parameters(model, predict, parameters):
    predict(some_images(1))  # some layers only have their weights once they have seen an image
    arrays = model.get_weights() if hasattr(model, "get_weights") else model.state_dict().values()
    assert sum(np.asarray(array).size for array in arrays) == parameters


@network.hidden_check
def no_dropout_when_it_predicts(predict):
    images = some_images(6)
    together = np.asarray(predict(images))
    assert np.allclose(together, np.asarray(predict(images)), atol=1e-6)
    alone = np.concatenate([np.asarray(predict(images[i : i + 1])) for i in range(6)])
    assert np.allclose(together, alone, atol=1e-5)


@network.hidden_check
def dropout_when_it_learns(model, predict):
    predict(some_images(1))
    kept = weights(model)
    place(model, drawn(SHAPES, np.random.default_rng(4)))
    images = np.random.default_rng(5).random((64, 28, 28, 1), dtype=np.float32)
    first, second = (np.asarray(while_training(model, images)) for _ in range(2))
    place(model, kept)
    assert first.shape == second.shape
    moved = np.abs(first - second).max(axis=1)
    assert np.mean(moved > 1e-6) > 0.9


@network.hidden_check(weight=3)
def computes_what_is_described(model, predict):
    rng = np.random.default_rng(6)
    images = rng.random((4, 28, 28, 1), dtype=np.float32)
    predict(images)
    arrays = drawn(SHAPES, rng)
    place(model, arrays)
    found = np.asarray(predict(images))
    orders = [k3mnist2(images, arrays, channels_last=order) for order in (True, False)]
    assert any(np.allclose(found, right, atol=1e-3) for right in orders)


def some_images(n):
    """n images, each a little brighter than the one before."""
    ramp = np.linspace(0, 0.5, 28 * 28, dtype="float32").reshape(1, 28, 28, 1)
    return ramp + np.linspace(0, 0.5, n, dtype="float32").reshape(n, 1, 1, 1)


def while_training(model, images):
    if hasattr(model, "get_weights"):
        return model(images, training=True)
    model.train()
    scores = model(images.transpose(0, 3, 1, 2))
    model.eval()
    return scores


def k3mnist2(images, arrays, channels_last):
    k1, b1, k2, b2, w3, b3, w4, b4 = arrays
    x = pool(relu(conv(images, k1, b1, same=True)))
    x = flat(pool(relu(conv(x, k2, b2, same=True))), channels_last=channels_last)
    return softmax(relu(x @ w3 + b3) @ w4 + b4)
