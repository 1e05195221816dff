import csv
import io

import numpy as np

from grader.author import grid, task

minutes = 50
difficulty = 4
tags = ("code", "training", "gtsrb")
needs = ("torch", "keras")

params = grid(classes=[4])  # one variant: only the hidden images would differ
KINDS = 4


@task(
    points=6,
    asks=("train", "best_epoch", "evaluate", "resume", "confusion", "log_text"),
    seconds=120,
    memory_mib=4096,
    file_mib=128,
)
def run():
    from pathlib import Path

    import numpy as np

    def log_text(run_dir):
        return Path(run_dir, "logs", "training.csv").read_text()

    def train(x, y, x_val, y_val, epochs, run_dir):
        raise NotImplementedError

    def best_epoch(history):
        raise NotImplementedError

    def evaluate(run_dir, which, x, y):
        raise NotImplementedError

    def resume(x, y, x_val, y_val, epochs, run_dir):
        raise NotImplementedError

    def confusion(y_true, y_pred, classes):
        raise NotImplementedError


@run.check
def finds_the_best_epoch(best_epoch):
    assert best_epoch({"loss": [0.9, 0.6, 0.4, 0.3], "val_loss": [1.0, 0.7, 0.5, 0.8]}) == 3


@run.check
def puts_truth_in_rows(confusion):
    matrix = np.asarray(confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3))
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]


@run.check
def writes_a_log(train, log_text):
    images, labels = np.zeros((4, 8, 8, 1), dtype="float32"), np.arange(4)
    train(images, labels, images, labels, 2, "run/visible")
    header, *lines = log_text("run/visible").split()
    assert {"epoch", "loss", "val_loss"} <= set(header.split(","))
    assert len(lines) == 2


@run.hidden_check
def counts_every_pair(confusion):
    rng = np.random.default_rng(5)
    true, said = rng.integers(0, 40, 500), rng.integers(0, 40, 500)
    right = np.zeros((43, 43), dtype=int)
    np.add.at(right, (true, said), 1)
    assert (np.asarray(confusion(true, said, 43)) == right).all()


@run.hidden_check(weight=2)
def keeps_the_best_and_the_last(train, evaluate):
    x, y, x_val, y_val = sets()
    history = train(x, y, x_val, y_val, 6, "run/kept")
    assert len(history["loss"]) == len(history["val_loss"]) == 6
    best, last = (evaluate("run/kept", which, x_val, y_val) for which in ("best", "last"))
    assert close(best, min(history["val_loss"]))
    assert close(last, history["val_loss"][-1])
    assert last > best and not close(last, best)  # with these validation labels, each epoch makes it worse


@run.hidden_check
def learns(train):
    history = train(*sets(), 6, "run/learnt")
    assert history["loss"][-1] < 0.95 * history["loss"][0]


@run.hidden_check(weight=2)
def goes_on_from_the_last_epoch(train, resume, evaluate):
    x, y, x_val, y_val = sets()
    before = train(x, y, x_val, y_val, 6, "run/resumed")
    stopped = evaluate("run/resumed", "last", x, y)
    after = resume(x, y, x_val, y_val, 2, "run/resumed")
    assert len(after["loss"]) == 2
    assert after["loss"][0] < 1.1 * stopped + 0.02 and after["loss"][0] < before["loss"][1]
    assert close(evaluate("run/resumed", "last", x_val, y_val), after["val_loss"][-1])


@run.hidden_check
def never_replaces_the_best_by_a_worse_one(train, resume, evaluate):
    x, y, x_val, y_val = sets()
    before = train(x, y, x_val, y_val, 4, "run/guarded")
    after = resume(x, y, x_val, y_val, 2, "run/guarded")
    assert min(after["val_loss"]) > min(before["val_loss"])
    assert close(evaluate("run/guarded", "best", x_val, y_val), min(before["val_loss"]))


@run.hidden_check
def logs_every_epoch(train, log_text):
    for epochs in (4, 3):  # a new training has a new log
        history = train(*sets(), epochs, "run/logged")
        assert_logged(log_text("run/logged"), history["loss"], history["val_loss"])


@run.hidden_check
def goes_on_with_its_log(train, resume, log_text):
    before = train(*sets(), 3, "run/relogged")
    after = resume(*sets(), 2, "run/relogged")
    assert_logged(log_text("run/relogged"), *([*before[name], *after[name]] for name in ("loss", "val_loss")))


def assert_logged(text, loss, val_loss):
    assert len(text) < 20_000
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["epoch"]) for row in rows] == list(range(len(loss)))
    for row, first, second in zip(rows, loss, val_loss, strict=True):
        assert close(row["loss"], first) and close(row["val_loss"], second)


def sets():
    """Bars at one of four heights, and validation labels that are all wrong: the better one learns, the worse they say."""
    rng = np.random.default_rng(3)
    y = np.arange(1440) % KINDS
    x = rng.normal(0.3, 0.15, (1440, 8, 8, 1))
    for image, label in zip(x, y, strict=True):
        image[2 * label : 2 * label + 2] += 0.5
    x = np.clip(x, 0, 1).astype("float32")
    return x[:1200], y[:1200], x[1200:], (y[1200:] + 1) % KINDS


def close(a, b):
    return abs(float(a) - float(b)) < 0.01 + 0.02 * abs(float(b))
