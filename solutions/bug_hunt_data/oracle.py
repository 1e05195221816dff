"""Runs each script on toy data, then again with each line put right in turn: the wrong line is the one whose repair mends it."""

import re
import sys
import types

import numpy as np

HERE = {
    r"x_train = x_train\.reshape": "x_train = x_train.reshape(-1, 28, 28, 1)",
    r"x_train = x_train //": "x_train = x_train / 255",
    r"x_test = x_test(\.astype| / 255)": "x_test = x_test / 255",
    r"y_train = (np|y_train)": "y_train = y_train[order]",
    r"i = ": "i = np.random.randint(0, len(x_train))",
    r"    image = cv2\.resize": "    image = cv2.resize(image, (width, height))",
    r"    image = cv2\.cvt": "    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)",
    r"x = np\.array": "x = np.array(x) / 255",
    r"is_val =": "is_val = np.isin(tracks, held_out)",
    r"x_val, y_val": "x_val, y_val = x[is_val], y[is_val]",
}


def fake_cv2():
    cv2 = types.ModuleType("cv2")
    cv2.COLOR_BGR2RGB, cv2.COLOR_RGB2GRAY = "rgb", "grey"
    cv2.imread = lambda path: np.full((50, 60, 3), path, np.uint8)  # a path is the brightness of its photo
    cv2.cvtColor = lambda image, code: image[..., ::-1] if code == "rgb" else image[..., 0]
    cv2.resize = lambda image, size: image[:1, :1].repeat(size[1], 0).repeat(size[0], 1)
    return cv2


def fake_keras():
    def load_data():
        sets = []
        for count in (60, 20):
            labels = np.arange(count) % 10
            sets.append((np.full((count, 28, 28), 1, np.uint8) * (25 * labels[:, None, None]).astype(np.uint8), labels))
        return tuple(sets)

    keras = types.ModuleType("keras")
    keras.datasets = types.SimpleNamespace(mnist=types.SimpleNamespace(load_data=load_data))
    return keras


def is_right(lines):
    source = "\n".join(lines).replace("import matplotlib.pyplot as plt", "")
    source = re.sub("width, height = .*", "width, height = 3, 5", source)  # small images, still taller than wide
    catalogue = [(4 * label, label, f"{label}/{track}") for label in range(60) for track in range(8) for _ in range(2)]
    before = {name: sys.modules.get(name) for name in ("cv2", "keras")}
    sys.modules.update(cv2=fake_cv2(), keras=fake_keras())
    try:
        for seed in range(2):
            np.random.seed(seed)
            made = {"catalogue": catalogue, "print": lambda *_: None}
            exec(re.sub(r"np\.random\.seed\(42\)", "", source), made)
            signs = "width" in made
            sets = [(made["x_train"], made["y_train"])]
            sets.append((made["x_val"], made["y_val"]) if signs else (made["x_test"], made["y_test"]))
            shape = (made["height"], made["width"], 3) if signs else (28, 28, 1)
            for x, y in sets:
                if x.shape[1:] != shape or len(x) != len(y):
                    return False
                if not np.allclose(x.reshape(len(x), -1)[:, 0] * 255, y * (4 if signs else 25)):
                    return False
            tracks = np.array(made.get("tracks", []))
            if signs and set(tracks[made["is_val"]]) & set(tracks[~made["is_val"]]):
                return False
            if not signs and "len(x_train) + 1" in source:  # drawn often enough, this index does not exist
                return False
    except (IndexError, ValueError):
        return False
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    return True


def line(lines):
    assert not is_right(lines)
    for n, row in enumerate(lines):
        for pattern, repaired in HERE.items():
            if re.match(pattern, row) and repaired != row:
                if is_right([*lines[:n], repaired, *lines[n + 1 :]]):
                    return n + 1
    return None


# no oracle for cause: a word for the kind of error, read from the line that the oracle of `line` finds
