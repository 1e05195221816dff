from grader.author import answer, choice, grid, value, whole

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
width, height = {width}, {height}
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
held_out = np.random.permutation(np.unique(tracks))[:{kept}]
is_val = np.isin(tracks, held_out)
x_train, y_train = x[~is_val], y[~is_val]
x_val, y_val = x[is_val], y[is_val]""",
}
BUGS = {
    "no_channel": ("mnist", "x_train = x_train.reshape", "x_train = x_train.reshape(-1, 28, 28)"),
    "train_only": ("mnist", "x_test = x_test / 255", "x_test = x_test.astype('float32')"),
    "scaled_twice": ("mnist", "x_test = x_test / 255", "x_test = x_test / 255 / 255"),
    "integer_division": ("mnist", "x_train = x_train / 255", "x_train = x_train // 255"),
    "labels_apart": ("mnist", "y_train = y_train[order]", "y_train = np.random.permutation(y_train)"),
    "labels_unmoved": ("mnist", "y_train = y_train[order]", "y_train = y_train.copy()"),
    "past_the_end": ("mnist", "i = np.random", "i = np.random.choice(np.arange(1, len(x_train) + 1))"),
    "sides_swapped": ("signs", "    image = cv2.resize", "    image = cv2.resize(image, (height, width))"),
    "leak": ("signs", "is_val =", "is_val = np.random.permutation(len(x)) < {kept} * 30"),
    "integers_lost": ("signs", "x = np.array(x)", "x = np.array(x) // 255"),
    "labels_swapped": ("signs", "x_val, y_val", "x_val, y_val = x[is_val], y[~is_val]"),
    "colours_lost": ("signs", "    image = cv2.cvtColor", "    image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)"),
}
CAUSES = {
    "no_channel": "shape",
    "sides_swapped": "shape",
    "colours_lost": "shape",
    "train_only": "scale",
    "scaled_twice": "scale",
    "integer_division": "scale",
    "integers_lost": "scale",
    "labels_apart": "pairs",
    "labels_unmoved": "pairs",
    "labels_swapped": "pairs",
    "leak": "leak",
    "past_the_end": "index",
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    """Numbers of the script, and blank lines that move its lines."""
    return {"width": (24, 32, 48)[place % 3], "height": (36, 40, 64)[place % 3], "kept": 100 + 20 * place}


@value
def lines(bug, place, sizes):
    script, start, wrong = BUGS[bug]
    rows = [wrong if row.startswith(start) else row for row in SCRIPTS[script].splitlines()]
    if place % 2:
        rows.insert(0, "import matplotlib.pyplot as plt")
    if place % 3 == 2:
        rows.insert(2, "np.random.seed(42)" if script == "mnist" else "print(len(catalogue))")
    if script == "signs" and place >= 3:
        rows.insert(-2, "print(is_val.mean())")
    if script == "mnist" and place >= 3:
        rows.insert(-2, "print(len(x_train), len(x_test))")
    return tuple(row.format(**sizes) for row in rows)


@value
def listing(lines):
    return "\n".join(f"    {n:2}  {row}" for n, row in enumerate(lines, 1))


def starting(lines, *starts):
    """The number of the first line that starts so."""
    return next(n for start in starts for n, row in enumerate(lines, 1) if row.startswith(start))


def wrong_line(lines, bug):
    start = BUGS[bug][2].split("{")[0]
    return starting(lines, start)


@answer(points=2, rule=whole)
def line(bug, lines):
    return wrong_line(lines, bug)


@line.misconception
def import_line(lines):
    return starting(lines, "import numpy")


@line.misconception
def reading_line(lines):
    return starting(lines, "(x_train", "    image = cv2.imread")


@line.misconception
def result_line(lines):
    return starting(lines, "print(x_train", "x_train, y_train")


@line.misconception
def random_line(lines):
    return starting(lines, "order =", "held_out")


@line.misconception
def images_line(lines):
    return starting(lines, "x_train = x_train[order]", "y = np.array")


@answer(points=1, rule=choice("shape", "scale", "pairs", "leak", "index"))
def cause(bug):
    return CAUSES[bug]


@cause.misconception
def always_the_scale(cause):
    return "shape" if cause == "scale" else "scale"


@cause.misconception
def always_a_leak(cause):
    return "pairs" if cause == "leak" else "leak"
