from grader.author import Bug, answer, at, bug_line, bugged, choice, elsewhere, grid, numbered, value, whole

minutes = 5
difficulty = 3
tags = ("notebooks", "bug hunt", "data")

# Each script is right; BUGS replaces one of its lines by another.
SCRIPTS = {
    "mnist": """import keras
import numpy as np
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1)
x_test = x_test.reshape(-1, 28, 28, 1)
x_train = x_train / 255
x_test = x_test / 255
order = np.random.permutation(len(x_train))
x_train = x_train[order]
y_train = y_train[order]
i = np.random.randint(0, len(x_train))
print(x_train[i].shape, y_train[i])""",
    "signs": """import cv2
import numpy as np
width, height = <width>, <height>
x, y, tracks = [], [], []
for path, label, track in catalogue:
    image = cv2.imread(path)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    image = cv2.resize(image, (width, height))
    x.append(image)
    y.append(label)
    tracks.append(track)
x = np.array(x) / 255
y = np.array(y)
held_out = np.random.permutation(np.unique(tracks))[:<kept>]
is_val = np.isin(tracks, held_out)
x_train, y_train = x[~is_val], y[~is_val]
x_val, y_val = x[is_val], y[is_val]""",
}
BUGS = {
    "no_channel": Bug("mnist", "x_train = x_train.reshape", "x_train = x_train.reshape(-1, 28, 28)", "shape", 1),
    "train_only": Bug("mnist", "x_test = x_test / 255", "x_test = x_test.astype('float32')", "scale", 2),
    "scaled_twice": Bug("mnist", "x_test = x_test / 255", "x_test = x_test / 255 / 255", "scale", 3),
    "integer_division": Bug("mnist", "x_train = x_train / 255", "x_train = x_train // 255", "scale", 4),
    "labels_apart": Bug("mnist", "y_train = y_train[order]", "y_train = np.random.permutation(y_train)", "pairs", 5),
    "labels_unmoved": Bug("mnist", "y_train = y_train[order]", "y_train = y_train.copy()", "pairs"),
    "past_the_end": Bug("mnist", "i = np.random", "i = np.random.choice(np.arange(1, len(x_train) + 1))", "index", 27),
    "sides_swapped": Bug(
        "signs", "    image = cv2.resize", "    image = cv2.resize(image, (height, width))", "shape", 21
    ),
    "leak": Bug("signs", "is_val =", "is_val = np.random.permutation(len(x)) < <kept> * 30", "leak", 28),
    "integers_lost": Bug("signs", "x = np.array(x)", "x = np.array(x) // 255", "scale", 4),
    "labels_swapped": Bug("signs", "x_val, y_val", "x_val, y_val = x[is_val], y[~is_val]", "pairs"),
    "colours_lost": Bug(
        "signs", "    image = cv2.cvtColor", "    image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)", "shape"
    ),
}

params = grid(bug=list(BUGS), place=range(6))


def idle(script, place):
    """Lines that do nothing: the same bug is not on the same line."""
    signs = script == "signs"
    if place % 2:
        yield 0, "import matplotlib.pyplot as plt"
    if place % 3 == 2:
        yield 2, "print(len(catalogue))" if signs else "np.random.seed(42)"
    if place >= 3:
        yield -2, "print(is_val.mean())" if signs else "print(len(x_train), len(x_test))"


@value
def sizes(place):
    return at(place, width=(24, 32, 48), height=(36, 40, 64), kept=range(100, 220, 20))


@value
def lines(bug, place, sizes):
    script = BUGS[bug].script
    return bugged(SCRIPTS[script], BUGS[bug], idle(script, place), **sizes)


@value
def listing(lines):
    return numbered(lines)


@elsewhere(
    import_line=("import numpy",),
    reading_line=("(x_train", "    image = cv2.imread"),
    result_line=("print(x_train", "x_train, y_train"),
    random_line=("order =", "held_out"),
    images_line=("x_train = x_train[order]", "y = np.array"),
)
@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    return bug_line(lines, BUGS[bug], **sizes)


@answer(points=1, rule=choice("shape", "scale", "pairs", "leak", "index"))
def cause(bug):
    return BUGS[bug].cause


@cause.misconception
def always_the_scale(cause):
    return "shape" if cause == "scale" else "scale"


@cause.misconception
def always_a_leak(cause):
    return "pairs" if cause == "leak" else "leak"
