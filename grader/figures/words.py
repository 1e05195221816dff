"""The words and numbers inside figures, in each language: a known English name becomes the field's French one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.model import Lang

_FRENCH = {
    "accuracy": "exactitude",
    "activation": "activation",
    "amplitude": "amplitude",
    "batch": "lot",
    "bias": "biais",
    "class": "classe",
    "convolution": "convolution",
    "count": "effectif",
    "dense": "dense",
    "epoch": "époque",
    "feature map": "carte de caractéristiques",
    "feature maps": "cartes de caractéristiques",
    "filter": "filtre",
    "filters": "filtres",
    "flatten": "aplatissement",
    "frequency": "fréquence",
    "gradient": "gradient",
    "grey level": "niveau de gris",
    "ground truth": "vérité terrain",
    "hidden": "couche cachée",
    "image": "image",
    "images": "images",
    "input": "entrée",
    "iteration": "itération",
    "kernel": "noyau",
    "layer": "couche",
    "learning rate": "taux d'apprentissage",
    "loss": "perte",
    "memory": "mémoire",
    "noise": "bruit",
    "noise level": "niveau de bruit",
    "number of images": "nombre d'images",
    "operations": "opérations",
    "output": "sortie",
    "padding": "marge",
    "parameters": "paramètres",
    "pixel": "pixel",
    "pooling": "sous-échantillonnage",
    "predicted": "prédite",
    "predicted class": "classe prédite",
    "prediction": "prédiction",
    "probability": "probabilité",
    "reference": "référence",
    "share": "part",
    "shape": "forme",
    "signal": "signal",
    "size": "taille",
    "snr": "RSB",
    "step": "étape",
    "steps": "étapes",
    "stride": "pas",
    "test": "test",
    "threshold": "seuil",
    "time": "temps",
    "train": "entraînement",
    "training": "entraînement",
    "true class": "classe réelle",
    "truth": "vérité",
    "validation": "validation",
    "value": "valeur",
    "weight": "poids",
    "weights": "poids",
    "width": "largeur",
    "height": "hauteur",
}
_ENGLISH = {"train": "training", "val": "validation", "snr": "SNR"}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def word(name: object, lang: Lang) -> str:
    """``val_loss`` as a reader names it: “validation loss”, « perte (validation) ». What is unknown stays as it is."""
    text = str(name)
    key = text.replace("_", " ").strip()
    if key[:4] == "val " and key[4:] in _FRENCH:
        return f"{_FRENCH[key[4:]]} (validation)" if lang == "fr" else f"validation {key[4:]}"
    if lang == "fr":
        return _FRENCH.get({"val": "validation"}.get(key, key), text)
    return _ENGLISH.get(key, key if key in _FRENCH else text)


def written(value: Any, lang: Lang, digits: int | None = None) -> str:
    """A number with its comma and its true minus; ``None`` as nothing; text as it is.

    ``digits`` decimals, or as many as four significant digits need.
    """
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if not isinstance(value, int | float | np.integer | np.floating):
        return str(value)
    real = float(value)
    if not math.isfinite(real):
        return {math.inf: "∞", -math.inf: "−∞"}.get(real, "—")
    if digits is not None:
        text = f"{real:,.{digits}f}"
    elif real.is_integer() and abs(real) < 1e12:
        text = f"{int(value):,}"
    elif 1e-4 <= abs(real) < 1e6:
        text = f"{float(f'{real:.4g}'):,}"
    else:
        text, _, power = f"{real:.3g}".partition("e")
        text += f"·10{str(int(power)).translate(_SUPERSCRIPTS)}" if power else ""
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    if lang == "fr":
        text = text.translate({ord(","): "\u202f", ord("."): ","})
    return text.replace("-", "−")


def power_of_ten(exponent: int, lang: Lang) -> str:
    if -3 <= exponent <= 3:
        return written(10.0**exponent, lang)
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def numbers(values: Any, what: str) -> list[float]:
    """Reals in one row; what is missing or infinite is ``nan``. Raises ``ValueError`` for anything else."""
    try:
        row = [math.nan if v is None else float(v) for v in values]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: expected a list of numbers, got {short(values)}") from error
    if not row:
        raise ValueError(f"{what}: expected at least one number")
    return [v if math.isfinite(v) else math.nan for v in row]


def rows_of(values: Any, what: str) -> list[list[Any]]:
    """A rectangle of cells, as lists. Raises ``ValueError`` unless every row is as long as the first, and not empty."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise ValueError(f"{what}: expected rows of cells, got {short(values)}")
    rows = [list(row) if isinstance(row, list | tuple | np.ndarray) else None for row in values]
    lengths = {len(row) if row is not None else -1 for row in rows}
    if len(lengths) != 1 or lengths <= {0, -1}:
        raise ValueError(f"{what}: expected rows of one length, got {short(values)}")
    cells = [[c.item() if isinstance(c, np.generic) else c for c in row] for row in rows if row is not None]
    if any(isinstance(cell, list | tuple | dict | np.ndarray) for row in cells for cell in row):
        raise ValueError(f"{what}: expected two dimensions, got more")
    return cells


def one_of(value: str, allowed: Sequence[str], what: str) -> str:
    if value not in allowed:
        raise ValueError(f"{what}: {value!r} is not one of {', '.join(allowed)}")
    return value


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
