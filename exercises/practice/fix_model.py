import numpy as np

from grader.author import Bug, bugged, grid, right_line, task, value

minutes = 25
difficulty = 3
tags = ("code", "bug hunt", "cnn", "keras")
needs = ("torch", "keras")

SCRIPT = """import keras
from keras import layers


def convolution(filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")


def model_01(side, classes):
    image = keras.Input((side, side, 3))
    a = convolution(8)(image)
    a = layers.AveragePooling2D(2)(a)
    a = layers.Flatten()(a)
    a = layers.Dense(classes, activation="softmax")(a)
    return keras.Model(image, a)


def model_02(side, classes):
    image = keras.Input((side, side, 3))
    a = convolution(8)(image)
    b = layers.AveragePooling2D(2)(a)
    b = convolution(8)(b)
    c = layers.UpSampling2D(2)(b)
    c = layers.Concatenate()([a, c])
    c = layers.GlobalAveragePooling2D()(c)
    c = layers.Dense(classes, activation="softmax")(c)
    return keras.Model(image, c)


def get_model(name, side, classes):
    models = {"model_01": model_01, "model_02": model_02}
    return models[name](side, classes)


def trained(model, x, y, epochs):
    optimizer = keras.optimizers.Adam(0.01)
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(optimizer, loss)
    model.fit(x, y, epochs=epochs, batch_size=16, verbose=0)
    return model


def predicted(model, x):
    probabilities = model.predict(x, verbose=0)
    return probabilities.argmax(axis=1)"""
BUGS = {
    "one_hot_labels": Bug(
        "",
        "    model.fit",
        "    model.fit(x, keras.utils.to_categorical(y), epochs=epochs, batch_size=16, verbose=0)",
        number=6,
    ),
    "one_hot_loss": Bug("", "    loss =", "    loss = keras.losses.CategoricalCrossentropy()", number=7),
    "double_softmax": Bug(
        "", "    loss =", "    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)", number=8
    ),
    "sigmoid": Bug("", "    c = layers.Dense", '    c = layers.Dense(classes, activation="sigmoid")(c)', number=9),
    "one_unit": Bug("", "    a = layers.Dense", '    a = layers.Dense(1, activation="softmax")(a)', number=10),
    "argmax_batch": Bug("", "    return probabilities", "    return probabilities.argmax(axis=0)", number=11),
    "no_flatten": Bug("", "    a = layers.Flatten", "", number=12),
    "valid": Bug(
        "",
        "    return layers.Conv2D",
        '    return layers.Conv2D(filters, 3, padding="valid", activation="relu")',
        number=13,
    ),
    "wrong_model": Bug("", "    models =", '    models = {"model_01": model_01, "model_02": model_01}', number=26),
    "no_activation": Bug("", "    return layers.Conv2D", '    return layers.Conv2D(filters, 3, padding="same")'),
    "softmax_twice": Bug("", "    return keras.Model(image, c)", "    return keras.Model(image, layers.Softmax()(c))"),
}

params = grid(bug=list(BUGS))


@value
def script(bug):
    return "\n".join(bugged(SCRIPT, BUGS[bug]))


@value
def right(bug):
    return right_line(SCRIPT, BUGS[bug]).strip()


@task(points=4, asks=("get_model", "trained", "predicted"), seconds=120, memory_mib=4096)
def fixed():
    get_model = ...
    trained = ...
    predicted = ...


@fixed.check
def everything_is_called(get_model, trained, predicted):
    model = get_model("model_01", side=8, classes=5)
    x = np.zeros((3, 8, 8, 3), dtype="float32")
    assert len(np.asarray(model.predict(x, verbose=0))) == 3
    assert callable(trained) and callable(predicted)


@fixed.hidden_check
def model_01_gives_probabilities(get_model, trained, predicted):
    gives_probabilities(get_model("model_01", side=8, classes=5), 5)


@fixed.hidden_check
def model_02_gives_probabilities(get_model, trained, predicted):
    gives_probabilities(get_model("model_02", side=8, classes=5), 5)


@fixed.hidden_check
def each_name_has_its_model(get_model, trained, predicted):
    """A model that ends with a global average has as many weights whatever the size of the image; the other has more."""
    sizes = {name: [get_model(name, side=side, classes=5).count_params() for side in (8, 16)] for name in MODELS}
    assert sizes["model_01"][0] < sizes["model_01"][1]
    assert sizes["model_02"][0] == sizes["model_02"][1]


@fixed.hidden_check
def convolutions_are_activated(get_model, trained, predicted):
    for name in MODELS:
        logits = log_shares(get_model(name, side=8, classes=5))
        plain = [logits(x) for x in (A, B, A + B, 0 * A)]
        scale = np.abs(plain[0] - plain[3]).max()
        # without an activation, what enters the softmax is affine: f(a + b) = f(a) + f(b) - f(0)
        assert np.abs(plain[2] - plain[0] - plain[1] + plain[3]).max() > 0.02 * scale


@fixed.hidden_check
def a_single_softmax(get_model, trained, predicted):
    """Far from the origin, one softmax is nearly sure; a softmax of probabilities never is."""
    for name in MODELS:
        model = get_model(name, side=8, classes=5)
        assert np.median(np.max(model.predict(1000 * A, verbose=0), axis=1)) > 0.6


@fixed.hidden_check
def loss_is_that_of_whole_labels(get_model, trained, predicted):
    for name in MODELS:
        model = trained(get_model(name, side=8, classes=5), 3 * A, LABELS, epochs=1)
        loss = float(np.ravel(model.evaluate(3 * A, LABELS, verbose=0))[0])
        assert abs(loss - cross_entropy(model, 3 * A, LABELS)) < 0.001


@fixed.hidden_check
def training_learns(get_model, trained, predicted):
    """Bright images and dark ones, on both sides of zero: no unit is off for both."""
    y = np.arange(64) % 2
    x = (2.0 * y - 1)[:, None, None, None] + np.concatenate([A, B, A, B]) / 4
    model = get_model("model_01", side=8, classes=2)
    before = cross_entropy(model, x, y)
    model = trained(model, x, y, epochs=20)
    assert cross_entropy(model, x, y) < before / 2  # a lucky start is not enough
    assert np.mean(np.asarray(model.predict(x, verbose=0)).argmax(axis=-1) == y) > 0.9


@fixed.hidden_check
def one_class_per_image(get_model, trained, predicted):
    model = get_model("model_01", side=8, classes=5)
    classes = np.asarray(predicted(model, A))
    assert classes.shape == (16,)
    assert np.array_equal(classes, np.asarray(model.predict(A, verbose=0)).argmax(axis=-1))


@fixed.hidden_check(weight=27)
def whole_script(get_model, trained, predicted):
    """An untouched script passes most checks: most of the points are here."""
    for check in (
        model_01_gives_probabilities,
        model_02_gives_probabilities,
        each_name_has_its_model,
        convolutions_are_activated,
        a_single_softmax,
        loss_is_that_of_whole_labels,
        training_learns,
        one_class_per_image,
    ):
        check(get_model, trained, predicted)


MODELS = ("model_01", "model_02")
A, B = np.random.default_rng(0).normal(size=(2, 16, 8, 8, 3)).astype("float32")
LABELS = np.arange(16) % 5


def gives_probabilities(model, classes):
    for batch in (1, 7):
        shares = np.asarray(model.predict(A[:batch], verbose=0))
        assert shares.shape == (batch, classes)
        assert np.allclose(shares.sum(axis=1), 1, atol=1e-4)


def log_shares(model):
    """What entered the softmax, but for a constant."""

    def logits(x):
        shares = np.log(np.asarray(model.predict(x, verbose=0), dtype=float))
        return shares - shares.mean(axis=1, keepdims=True)

    return logits


def cross_entropy(model, x, y):
    shares = np.asarray(model.predict(x, verbose=0))
    return float(-np.log(np.clip(shares[np.arange(len(y)), y], 1e-7, 1)).mean())
