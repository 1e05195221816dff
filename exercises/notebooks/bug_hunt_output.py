from grader.author import Bug, answer, at, bug_line, bugged, choice, elsewhere, grid, idle_lines, numbered, value, whole

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
    "one_hot_loss": Bug("mnist", "loss =", "loss = keras.losses.CategoricalCrossentropy()", "loss", 7),
    "double_softmax": Bug(
        "mnist", "loss =", "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)", "loss", 8
    ),
    "mse": Bug("mnist", "loss =", "loss = keras.losses.MeanSquaredError()", "loss"),
    "sigmoid": Bug(
        "mnist",
        "model.add(layers.Dense(<classes>",
        "model.add(layers.Dense(<classes>, activation='sigmoid'))",
        "activation",
        9,
    ),
    "one_unit": Bug(
        "mnist",
        "model.add(layers.Dense(<classes>",
        "model.add(layers.Dense(1, activation='softmax'))",
        "activation",
        10,
    ),
    "relu_output": Bug(
        "mnist",
        "model.add(layers.Dense(<classes>",
        "model.add(layers.Dense(<classes>, activation='relu'))",
        "activation",
    ),
    "argmax_batch": Bug("mnist", "predicted", "predicted = model.predict(x_test).argmax(axis=0)", "reading", 11),
    "no_flatten": Bug("mnist", "model.add(layers.Flatten", "model.add(layers.Dropout(0.2))", "shape", 12),
    "max_value": Bug("mnist", "predicted", "predicted = model.predict(x_test).max(axis=1)", "reading"),
    "valid_skip": Bug(
        "unet",
        "    a = ",
        "    a = layers.Conv2D(<filters>, 3, padding='valid', activation='relu')(image)",
        "shape",
        13,
    ),
    "wrong_model": Bug(
        "unet", "    return {", "    return {'model_01': model_01, 'model_02': model_01}[name]()", "reading", 26
    ),
    "rows_joined": Bug("unet", "    c = layers.Conc", "    c = layers.Concatenate(axis=0)([a, c])", "shape"),
    "pixels_argmax": Bug("unet", "predicted", "predicted = model.predict(x_test).argmax(axis=1)", "reading"),
    "no_upsampling": Bug("unet", "    c = layers.Up", "    c = layers.MaxPooling2D(2)(b)", "shape"),
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return at(place, side=(24, 32, 48), filters=(8, 16, 32), classes=(10, 43, 12, 8, 20, 6))


@value
def lines(bug, place, sizes):
    return bugged(SCRIPTS[BUGS[bug].script], BUGS[bug], idle_lines(place), **sizes)


@value
def listing(lines):
    return numbered(lines)


@elsewhere(
    import_line=("from keras",),
    input_line=("model.add(keras.Input", "    image ="),
    first_lines=("model = keras.Sequential", "def get_model"),
    pooling_line=("model.add(layers.MaxPool", "    b = layers.MaxPool"),
    compile_line=("model.compile",),
    building_line=("model.add(layers.Dense(100", "    return keras.Model"),
)
@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    return bug_line(lines, BUGS[bug], **sizes)


@answer(points=1, rule=choice("shape", "activation", "loss", "reading"))
def cause(bug):
    return BUGS[bug].cause


@cause.misconception
def what_it_computes(cause):
    return "activation" if cause == "shape" else "shape"


@cause.misconception
def when_it_computes(cause):
    return "loss" if cause == "reading" else "reading"
