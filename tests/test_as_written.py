"""Keras notebooks as people write them grade the same as clean ones: magics, plots, bars, warnings, widgets, shells."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import grading, release
from grader.model import Record, Status, Terms
from grader.sandbox import standing

PY = """\
import numpy as np

from grader.author import Measure, grid, task

needs = ("keras",)
params = grid(seed=[1])


@task(points=4, asks=("model",), seconds=120, memory_mib=4096)
def train():
    model = ...


@train.hidden_check
def tells_two_clouds_apart(model):
    points = np.random.default_rng(5).normal(size=(200, 2)).astype("float32")
    right = (points.sum(axis=1) > 0).astype(int)
    said = np.asarray(model.predict(points, verbose=0)).reshape(-1) > 0.5
    return Measure(float((said == right).mean()), gate=0.7, full=0.8)


@train.hidden_check
def is_small(model):
    assert model.count_params() < 1000
"""
SECTIONS = ("# Clouds", "## train", "### tells_two_clouds_apart", "### is_small", "## solution")
MD = "\n\n".join(f"{heading}\n\nWords." for heading in SECTIONS) + "\n"

DATA = """\
import numpy as np
import keras
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(400, 2)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32")
"""
MODEL = """\
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="relu"),
                          keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
"""
CLEAN = DATA + MODEL + "model.fit(x, y, epochs=20, batch_size=16, verbose=0)\n"

STEPS = """\
#%% [markdown] ## Step 1 - Import and init
%matplotlib inline
%load_ext autoreload
%autoreload 2
import os, sys, warnings, datetime
os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "torch")
import matplotlib
import matplotlib.pyplot as plt
!echo "GPU?" && nvidia-smi -L
!pip install -q keras
print("Started :", datetime.datetime.now().strftime("%A %d %B %Y, %H:%M:%S"))
warnings.warn("This API is deprecated", FutureWarning)
print("tensorflow not found", file=sys.stderr)
{data}
## Step 2 - Look
plt.figure(figsize=(8, 3))
plt.scatter(*x.T, c=y); plt.title("Données d'entraînement")
plt.show()
## Step 3 - Model
{model}
model.summary()
## Step 4 - Train
"""

FITS = {
    "magics": "%time history = model.fit(x, y, epochs=20, batch_size=16, verbose=0)\nhistory.history['accuracy'][-1]",
    "bars": "history = model.fit(x, y, epochs=20, batch_size=16, verbose=1, validation_data=(x, y))\nprint(history)",
    "plots": (
        "history = model.fit(x, y, epochs=20, batch_size=16, verbose=2)\nfig, ax = plt.subplots(1, 2)\n"
        "for one, name in zip(ax, ('loss', 'accuracy')):\n    one.plot(history.history[name], label=name)\n"
        "    one.legend()\nplt.tight_layout()\nplt.savefig('history.png')\nplt.show()\nplt.close('all')"
    ),
    "widgets": (
        "try:\n    from tqdm.notebook import tqdm\n    bar = tqdm(range(20))\n"
        "except ImportError:\n    bar = range(20)\n"
        "try:\n    import ipywidgets\n    display(ipywidgets.IntProgress())\nexcept ImportError:\n    pass\n"
        "from IPython.display import HTML, Markdown, clear_output, display\n"
        "for _ in bar:\n    clear_output(wait=True)\n    model.fit(x, y, epochs=1, batch_size=16, verbose=0)\n"
        "    display(HTML('<b>epoch</b>'), Markdown('**done**'))"
    ),
    "callbacks": (
        "os.makedirs('run', exist_ok=True)\nsaver = keras.callbacks.ModelCheckpoint('run/best.keras', monitor='loss', "
        "save_best_only=True)\nstop = keras.callbacks.EarlyStopping(monitor='loss', patience=5, verbose=1)\n"
        "model.fit(x, y, epochs=20, batch_size=16, callbacks=[saver, stop])\n"
        "model = keras.models.load_model('run/best.keras')\nmodel.evaluate(x, y)\n!ls -l run"
    ),
    "cell magic": "\x00",
}


def source(name: str) -> str:
    if name == "cell magic":
        return "%%time\n" + CLEAN
    return STEPS.format(data=DATA, model=MODEL) + FITS[name] + "\nprint('End time is :', datetime.datetime.now())"


NAMES = sorted(FITS)


@pytest.fixture
def clouds(shelf: Any, desk: Any) -> Any:
    for name in ("tiny.py", "tiny.fr.md", "tiny.en.md"):
        shelf[name].unlink()
    shutil.rmtree(shelf.root / "solutions/tiny")
    for name, text in {"tiny.py": PY, "tiny.fr.md": MD, "tiny.en.md": MD}.items():
        shelf.write(name, text)
    ids = ["clean", *(name.replace(" ", "_") for name in NAMES)]
    desk.roster("id,name\n" + "".join(f"{id},{id.title()}\n" for id in ids))
    here = desk.load()
    release.generate(here, here.assignments["td1"])
    for id, written in zip(ids, [CLEAN, *map(source, NAMES)], strict=True):
        nb = json.loads((desk.root / f"release/{id}/td1/td1.ipynb").read_text("utf-8"))
        for cell in nb["cells"]:
            cell["source"] = written if cell["id"] == "tiny-train" else cell["source"]
        file = Path(desk.root) / f"submitted/{id}/td1/td1.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(nb), "utf-8")
    return desk


@pytest.mark.slow
@pytest.mark.parametrize("walls", [False, True], ids=["no walls", "walls"])
def test_notebooks_as_people_write_them_earn_what_clean_ones_do(clouds: Any, walls: bool) -> None:
    if walls and not standing():
        pytest.skip(standing().why)
    done = dict(grading.grade(clouds.load(), "td1", Terms(trust=not walls, workers=1)))
    seen = {}
    for id, record in done.items():
        assert isinstance(record, Record), (id, record)
        (verdict,) = record.verdicts
        seen[id] = (verdict.status, verdict.earned)
        assert id == "clean" or record.outputs["tiny-train"], id
    assert seen == dict.fromkeys(seen, (Status.CORRECT, Fraction(4))), {i: done[i].verdicts[0] for i in done}
