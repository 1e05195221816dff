"""``fidle.scrawler`` inside: pictures of images, of a history and of a confusion matrix."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

_saving: dict[str, Any] = {"save": False, "figs_dir": "./figs", "figs_name": "fig_", "figs_id": 0}


def images(
    x: Any,
    y: Any = None,
    indices: Any = "all",
    columns: int = 12,
    x_size: float = 1,
    y_size: float = 1,
    colorbar: bool = False,
    y_pred: Any = None,
    cm: str = "binary",
    norm: Any = None,
    y_padding: float = 0.35,
    spines_alpha: float = 1,
    fontsize: float = 20,
    interpolation: str = "lanczos",
    save_as: str | None = "auto",
) -> None:
    """A grid of images with their classes; what was predicted wrongly is red."""
    import matplotlib.pyplot as plt

    chosen = list(range(len(x))) if isinstance(indices, str) else [int(i) for i in indices]
    rows = max(1, -(-len(chosen) // columns))
    figure = plt.figure(figsize=(columns * x_size, rows * (y_size + y_padding)))
    for place, i in enumerate(chosen, 1):
        axes = figure.add_subplot(rows, columns, place)
        drawn = axes.imshow(_flat(x[i]), cmap=cm, norm=norm, interpolation=interpolation)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_alpha(spines_alpha)
        if y is not None and y_pred is None:
            axes.set_xlabel(str(y[i]), fontsize=fontsize * 0.6)
        elif y is not None:
            wrong = y[i] != y_pred[i]
            axes.set_xlabel(f"{y_pred[i]} ({y[i]})" if wrong else str(y_pred[i]), color="red" if wrong else "black")
        if colorbar:
            figure.colorbar(drawn, ax=axes)
    save_fig(save_as)
    plt.show()


def image(
    x: Any,
    cm: str = "binary",
    figsize: tuple[float, float] = (4, 4),
    interpolation: str = "lanczos",
    save_as: str | None = "auto",
) -> None:
    import matplotlib.pyplot as plt

    plt.figure(figsize=figsize)
    plt.imshow(_flat(x), cmap=cm, interpolation=interpolation)
    plt.axis("off")
    save_fig(save_as)
    plt.show()


def _flat(one: Any) -> Any:
    """An image as matplotlib takes it: no axis for a single channel."""
    import numpy as np

    array = np.asarray(one)
    return array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array


def history(
    history: Any,
    figsize: tuple[float, float] = (8, 6),
    plot: dict[str, Sequence[str]] | None = None,
    save_as: str | None = "auto",
) -> None:
    """A picture per group of curves; those that were not recorded are left out."""
    import matplotlib.pyplot as plt

    recorded = getattr(history, "history", history)
    wanted = plot or {"Accuracy": ["accuracy", "val_accuracy"], "Loss": ["loss", "val_loss"]}
    for title, curves in wanted.items():
        plt.figure(figsize=figsize)
        for curve in curves:
            if curve in recorded:
                plt.plot(recorded[curve], label=curve)
        plt.title(title)
        plt.xlabel("Epoch")
        plt.legend()
        save_fig("auto" if save_as == "auto" else save_as and f"{save_as}_{title}")
        plt.show()


def _confusion(y_true: Any, y_pred: Any, classes: int = 0) -> Any:
    import numpy as np

    true, said = np.asarray(y_true).astype(int).ravel(), np.asarray(y_pred).astype(int).ravel()
    classes = max(classes, int(true.max(initial=-1)) + 1, int(said.max(initial=-1)) + 1)
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (true, said), 1)
    return matrix


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    target_names: Any,
    title: str = "Confusion matrix",
    cmap: Any = None,
    normalize: bool = True,
    figsize: tuple[float, float] = (10, 8),
    digit_format: str = "{:0.2f}",
    save_as: str | None = "auto",
) -> None:
    """True classes in rows, predicted ones in columns; shares of each row where ``normalize``."""
    import matplotlib.pyplot as plt
    import numpy as np

    names = [str(name) for name in target_names]
    matrix = _confusion(y_true, y_pred, len(names))
    shown = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1) if normalize else matrix
    plt.figure(figsize=figsize)
    plt.imshow(shown, cmap=cmap or "Blues", interpolation="nearest")
    plt.title(title)
    plt.xlabel("Predicted")
    plt.ylabel("True")
    places = range(len(names))
    plt.xticks(places, names, rotation=90)
    plt.yticks(places, names)
    if len(names) <= 20:
        for row in places:
            for column in places:
                text = digit_format.format(shown[row, column]) if normalize else str(shown[row, column])
                plt.text(column, row, text, ha="center", va="center")
    save_fig(save_as)
    plt.show()


def confusion_matrix_txt(
    y_true: Any, y_pred: Any, labels: Any = None, title: str = "#### Confusion matrix is :", **_: Any
) -> None:
    from fidle import utils

    utils.display_md(title)
    matrix = _confusion(y_true, y_pred, len(labels) if labels is not None else 0)
    utils.np_print(matrix / matrix.sum(axis=1, keepdims=True).clip(1), precision=2)


def donut(
    values: Any,
    labels: Any,
    colors: Sequence[str] = ("lightsteelblue", "coral"),
    figsize: tuple[float, float] = (6, 6),
    title: str | None = None,
    save_as: str | None = "auto",
) -> None:
    import matplotlib.pyplot as plt

    plt.figure(figsize=figsize)
    plt.pie(values, labels=labels, colors=list(colors), autopct="%1.1f%%", wedgeprops={"width": 0.4})
    plt.title(title or "")
    save_fig(save_as)
    plt.show()


def set_save_fig(save: bool = False, figs_dir: str = "./figs", figs_name: str = "fig_", figs_id: int = 0) -> None:
    _saving.update(save=save, figs_dir=figs_dir, figs_name=figs_name, figs_id=figs_id)


def save_fig(filename: str | None = "auto", png: bool = True, svg: bool = False, **_: Any) -> None:
    """Writes the picture at hand, if saving was asked for."""
    import matplotlib.pyplot as plt

    if not filename or not _saving["save"]:
        return
    if filename == "auto":
        filename = f"{_saving['figs_id']:02}"
        _saving["figs_id"] += 1
    os.makedirs(_saving["figs_dir"], exist_ok=True)
    for form, wanted in (("png", png), ("svg", svg)):
        if wanted:
            plt.savefig(os.path.join(_saving["figs_dir"], f"{_saving['figs_name']}{filename}.{form}"))


def __getattr__(name: str) -> Any:
    raise AttributeError(f"fidle.scrawler.{name} is not available when this notebook is graded")
