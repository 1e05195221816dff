from grader.author import answer, choice, grid, value, whole

minutes = 5
difficulty = 3
tags = ("notebooks", "bug hunt", "loss")

# Each script is right; BUGS replaces one of its lines by another. Bugs are a finite list, moved by lines that do nothing.
SCRIPTS = {
    "mnist": """import keras
from keras import layers
model = keras.Sequential()
model.add(keras.Input((<side>, <side>, 3)))
model.add(layers.Conv2D(<filters>, 3, padding='same', activation='relu'))
model.add(layers.MaxPooling2D(2))
model.add(layers.Flatten())
model.add(layers.Dense(100, activation='relu'))
model.add(layers.Dense(<classes>, activation='softmax'))
loss = keras.losses.SparseCategoricalCrossentropy()
model.compile(optimizer='adam', loss=loss, metrics=['accuracy'])
model.fit(x_train, y_train, epochs=10)
predicted = model.predict(x_test).argmax(axis=1)
print((predicted == y_test).mean())""",
    "unet": """import keras
from keras import layers
def get_model(name):
    return {'model_01': model_01, 'model_02': model_02}[name]()
def model_02():
    image = keras.Input((<side>, <side>, 3))
    a = layers.Conv2D(<filters>, 3, padding='same', activation='relu')(image)
    b = layers.MaxPooling2D(2)(a)
    b = layers.Conv2D(<filters>, 3, padding='same', activation='relu')(b)
    c = layers.UpSampling2D(2)(b)
    c = layers.Concatenate(axis=-1)([a, c])
    c = layers.Conv2D(<classes>, 1, activation='softmax')(c)
    return keras.Model(image, c)
model = get_model('model_02')
model.compile('adam', 'sparse_categorical_crossentropy')
predicted = model.predict(x_test).argmax(axis=-1)""",
}
BUGS = {
    "one_hot_loss": ("mnist", "loss =", "loss = keras.losses.CategoricalCrossentropy()"),
    "double_softmax": ("mnist", "loss =", "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
    "mse": ("mnist", "loss =", "loss = keras.losses.MeanSquaredError()"),
    "sigmoid": (
        "mnist",
        "model.add(layers.Dense(<classes>",
        "model.add(layers.Dense(<classes>, activation='sigmoid'))",
    ),
    "one_unit": ("mnist", "model.add(layers.Dense(<classes>", "model.add(layers.Dense(1, activation='softmax'))"),
    "relu_output": (
        "mnist",
        "model.add(layers.Dense(<classes>",
        "model.add(layers.Dense(<classes>, activation='relu'))",
    ),
    "argmax_batch": ("mnist", "predicted", "predicted = model.predict(x_test).argmax(axis=0)"),
    "no_flatten": ("mnist", "model.add(layers.Flatten", "model.add(layers.Dropout(0.2))"),
    "max_value": ("mnist", "predicted", "predicted = model.predict(x_test).max(axis=1)"),
    "valid_skip": (
        "unet",
        "    a = ",
        "    a = layers.Conv2D(<filters>, 3, padding='valid', activation='relu')(image)",
    ),
    "wrong_model": ("unet", "    return {", "    return {'model_01': model_01, 'model_02': model_01}[name]()"),
    "rows_joined": ("unet", "    c = layers.Conc", "    c = layers.Concatenate(axis=0)([a, c])"),
    "pixels_argmax": ("unet", "predicted", "predicted = model.predict(x_test).argmax(axis=1)"),
    "no_upsampling": ("unet", "    c = layers.Up", "    c = layers.MaxPooling2D(2)(b)"),
}
CAUSES = {
    "one_hot_loss": "loss",
    "double_softmax": "loss",
    "mse": "loss",
    "sigmoid": "activation",
    "one_unit": "activation",
    "relu_output": "activation",
    "argmax_batch": "reading",
    "no_flatten": "shape",
    "max_value": "reading",
    "valid_skip": "shape",
    "wrong_model": "reading",
    "rows_joined": "shape",
    "pixels_argmax": "reading",
    "no_upsampling": "shape",
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return {
        "side": (24, 32, 48)[place % 3],
        "filters": (8, 16, 32)[place % 3],
        "classes": (10, 43, 12, 8, 20, 6)[place],
    }


@value
def lines(bug, place, sizes):
    script, start, wrong = BUGS[bug]
    rows = [wrong if row.startswith(start) else row for row in SCRIPTS[script].splitlines()]
    if place % 2:
        rows.insert(0, "import time")
    if place >= 3:
        rows.insert(2, "started = time.time()" if place % 2 else "print('ready')")
    for name, number in sizes.items():
        rows = [row.replace(f"<{name}>", str(number)) for row in rows]
    return tuple(rows)


@value
def listing(lines):
    return "\n".join(f"    {n:2}  {row}" for n, row in enumerate(lines, 1))


def starting(lines, *starts):
    """The number of the first line that starts with one of these, tried in turn."""
    return next(n for start in starts for n, row in enumerate(lines, 1) if row.startswith(start))


@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    wrong = BUGS[bug][2]
    for name, number in sizes.items():
        wrong = wrong.replace(f"<{name}>", str(number))
    return lines.index(wrong) + 1


@line.misconception
def import_line(lines):
    return starting(lines, "from keras")


@line.misconception
def input_line(lines):
    return starting(lines, "model.add(keras.Input", "    image =")


@line.misconception
def first_lines(lines):
    return starting(lines, "model = keras.Sequential", "def get_model")


@line.misconception
def pooling_line(lines):
    return starting(lines, "model.add(layers.MaxPool", "    b = layers.MaxPool")


@line.misconception
def compile_line(lines):
    return starting(lines, "model.compile")


@line.misconception
def building_line(lines):
    return starting(lines, "model.add(layers.Dense(100", "    return keras.Model")


@answer(points=1, rule=choice("shape", "activation", "loss", "reading"))
def cause(bug):
    return CAUSES[bug]


@cause.misconception
def what_it_computes(cause):
    return "activation" if cause == "shape" else "shape"


@cause.misconception
def when_it_computes(cause):
    return "loss" if cause == "reading" else "reading"
