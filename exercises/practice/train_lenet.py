import numpy as np

from grader import networks
from grader.author import Measure, grid, task, value
from grader.datasets import facts, hidden

minutes = 40
difficulty = 3
tags = ("cnn", "training", "mnist")
needs = ("torch", "keras", "mnist")

params = grid(classes=[10])  # one variant: the thresholds were measured on this one task
GATE, FULL = 0.905, 0.91  # docs/thresholds.md
SHAPES = {
    "conv1_kernel": (5, 5, 1, 6),
    "conv1_bias": (6,),
    "conv2_kernel": (5, 5, 6, 16),
    "conv2_bias": (16,),
    "dense1_kernel": (400, 120),
    "dense1_bias": (120,),
    "dense2_kernel": (120, 84),
    "dense2_bias": (84,),
    "dense3_kernel": (84, 10),
    "dense3_bias": (10,),
}


@value
def train_images():
    return facts("mnist").train


@value
def unseen():
    return facts("mnist").hidden


@value
def gate():
    return 100 * GATE


@value
def full():
    return 100 * FULL


@value
def parameters():
    return sum(int(np.prod(shape)) for shape in SHAPES.values())


@task(points=5, asks=("build", "train", "predict"), weights=SHAPES, seconds=300, memory_mib=4096)
def lenet():
    import keras

    def build():
        raise NotImplementedError

    def train(model):
        (x_train, y_train), (x_val, y_val) = keras.datasets.mnist.load_data()
        raise NotImplementedError

    def predict(model, images):
        return model.predict(images, verbose=0)


@lenet.check
def ten_scores_for_each_image(build, predict):
    model = build()
    for n in (1, 3):
        images = np.linspace(0, 1, n * 28 * 28, dtype="float32").reshape(n, 28, 28, 1)
        scores = np.asarray(predict(model, images))
        assert scores.shape == (n, 10)
        assert np.isfinite(scores).all()


@lenet.check
def all_its_parameters(build, predict, parameters):
    model = build()
    predict(model, np.zeros((1, 28, 28, 1), dtype="float32"))  # some layers only then have their weights
    arrays = model.get_weights() if hasattr(model, "get_weights") else model.state_dict().values()
    assert sum(np.asarray(array).size for array in arrays) == parameters


@lenet.hidden_check(weight=18)
def recognises_unseen_digits(build, train, predict, weights):
    images, digits = hidden("mnist")
    images = images[..., None].astype("float32") / 255
    model = build()
    predict(model, images[:1])
    assert networks.shapes(model, SHAPES.values()) == list(SHAPES.values())
    if weights is None:
        train(model)
        weights = networks.weights(model)
    networks.give(model, weights)
    scores = np.asarray(predict(model, images))
    assert scores.shape == (len(digits), 10) and np.isfinite(scores).all()
    networks.give(model, [np.zeros_like(array) for array in weights])
    assert np.ptp(np.asarray(predict(model, images[:100])), axis=0).max() < 1e-5  # these weights, and nothing else
    return Measure(float(np.mean(scores.argmax(axis=1) == digits)), gate=GATE, full=FULL)
