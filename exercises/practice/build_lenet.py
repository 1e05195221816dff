import numpy as np

from grader.author import grid, task, value
from grader.networks import conv, drawn, flat, place, pool, relu, softmax, weights
from grader.networks import shapes as shapes_of

minutes = 25
difficulty = 3
tags = ("code", "cnn", "mnist")
needs = ("torch", "keras")

params = grid(filters=[6, 8], units=[100, 120])  # the network that the statement gives as an example


@value
def parameters(filters, units):
    return counted(filters, units, "same")


@task(points=6, asks=("build", "predict", "learn"), seconds=60, memory_mib=4096)
def network():
    import keras
    from keras import layers

    def build(filters, units, padding):
        raise NotImplementedError

    def predict(model, images):
        return model.predict(images, verbose=0)

    def learn(model, images, digits):
        model.train_on_batch(images, digits)


@network.check
def ten_scores_for_each_image(build, predict, filters, units):
    model = build(filters, units, "same")
    for n in (1, 5):
        scores = np.asarray(predict(model, gradients(n)))
        assert scores.shape == (n, 10)
        assert np.isfinite(scores).all()


@network.check
def logits_and_not_probabilities(build, predict, filters, units):
    scores = np.asarray(predict(build(filters, units, "same"), gradients(3)))
    assert not np.allclose(scores.sum(axis=1), 1, atol=1e-3)


@network.check
def all_its_parameters(build, predict, filters, units, parameters):
    model = build(filters, units, "same")
    predict(model, gradients(1))  # some layers only have their weights once they have seen an image
    arrays = model.get_weights() if hasattr(model, "get_weights") else model.state_dict().values()
    assert sum(np.asarray(array).size for array in arrays) == parameters


@network.hidden_check
def follows_its_arguments(build, predict):
    for filters, units, padding in ((4, 60, "same"), (5, 90, "valid"), (9, 70, "valid")):
        model = build(filters, units, padding)
        predict(model, gradients(1))
        asked = shapes(filters, units, padding)
        assert sorted(shapes_of(model, asked)) == sorted(asked)


@network.hidden_check
def repeats_itself(build, predict, learn):
    model = build(6, 100, "same")
    images = np.random.default_rng(1).random((8, 28, 28, 1), dtype=np.float32)
    learn(model, images, np.arange(8) % 10)
    together = np.asarray(predict(model, images))
    assert np.allclose(together, np.asarray(predict(model, images)), atol=1e-5)
    alone = np.concatenate([np.asarray(predict(model, images[i : i + 1])) for i in range(8)])
    assert np.allclose(together, alone, atol=1e-4)


@network.hidden_check(weight=3)
def computes_what_is_described(build, predict):
    rng = np.random.default_rng(2)
    images = rng.random((4, 28, 28, 1), dtype=np.float32)
    for filters, units, padding in ((6, 100, "same"), (5, 90, "valid")):
        model = build(filters, units, padding)
        predict(model, images[:1])
        arrays = drawn(shapes(filters, units, padding), rng)
        place(model, arrays)
        found = np.asarray(predict(model, images))
        orders = [lenet(images, arrays, padding, channels_last=order) for order in (True, False)]
        assert any(np.allclose(found, right, rtol=1e-3, atol=1e-3) for right in orders)


@network.hidden_check(weight=2)
def every_weight_learns(build, predict, learn):
    rng = np.random.default_rng(3)
    images = (0.5 * rng.random((10, 28, 28, 1)) + 0.5 * rng.random((10, 1, 1, 1))).astype(np.float32)
    digits = np.arange(10)
    model = build(6, 100, "same")
    before, loss = (predict(model, images), weights(model))[1], cross_entropy(predict(model, images), digits)
    for _ in range(30):
        learn(model, images, digits)
    assert all(np.abs(new - old).max() > 0 for new, old in zip(weights(model), before, strict=True))
    assert cross_entropy(predict(model, images), digits) < loss


def gradients(n):
    """n images from black to white, each a little brighter than the one before."""
    ramp = np.linspace(0, 0.5, 28 * 28, dtype="float32").reshape(1, 28, 28, 1)
    return ramp + np.linspace(0, 0.5, n, dtype="float32").reshape(n, 1, 1, 1)


def cross_entropy(scores, digits):
    scores = np.asarray(scores)
    assert scores.shape == (len(digits), 10)
    return -np.mean(np.log(softmax(scores.astype(float))[np.arange(len(digits)), digits] + 1e-12))


def shapes(filters, units, padding):
    side = 5 if padding == "same" else 4
    inputs = side * side * 16
    dense = [(inputs, units), (units,), (units, 84), (84,), (84, 10), (10,)]
    return [(5, 5, 1, filters), (filters,), (5, 5, filters, 16), (16,), *dense]


def counted(filters, units, padding):
    return int(sum(np.prod(shape) for shape in shapes(filters, units, padding)))


def lenet(images, arrays, padding, channels_last):
    k1, b1, k2, b2, w3, b3, w4, b4, w5, b5 = arrays
    x = pool(relu(conv(images, k1, b1, same=padding == "same")))
    x = flat(pool(relu(conv(x, k2, b2))), channels_last=channels_last)
    return relu(relu(x @ w3 + b3) @ w4 + b4) @ w5 + b5
