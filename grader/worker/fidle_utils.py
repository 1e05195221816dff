"""``fidle.utils`` inside: words on a page, and small help with arrays and folders."""

from __future__ import annotations

import datetime
import os
import random
import string
from collections.abc import Iterable
from typing import Any


def subtitle(t: str) -> None:
    display_md(f"<br>**{t}**")


def display_md(text: str) -> None:
    from IPython.display import Markdown, display

    display(Markdown(text))


def display_html(text: str) -> None:
    from IPython.display import HTML, display

    display(HTML(text))


def display_img(img: str) -> None:
    from IPython.display import Image, display

    display(Image(img))


def np_print(*args: Any, precision: int = 3, linewidth: int = 120) -> None:
    import numpy as np

    with np.printoptions(precision=precision, linewidth=linewidth):
        for array in args:
            print(array)


def hdelay(delay: Any) -> str:
    """``0:01:05 250ms``, of seconds or of a timedelta."""
    if isinstance(delay, str):
        return delay
    took = delay if isinstance(delay, datetime.timedelta) else datetime.timedelta(seconds=float(delay or 0))
    whole, thousandths = divmod(round(took.total_seconds() * 1000), 1000)
    return f"{datetime.timedelta(seconds=whole)} {thousandths:03}ms"


def hsize(num: float, suffix: str = "o") -> str:
    for unit in ("", "K", "M", "G", "T"):
        if abs(num) < 1024:
            return f"{num:.1f} {unit}{suffix}"
        num /= 1024
    return f"{num:.1f} P{suffix}"


def mkdir(path: str) -> None:
    os.makedirs(path, mode=0o750, exist_ok=True)


def get_directory_size(path: str) -> float:
    """In MiB."""
    places = (os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files)
    return sum(os.path.getsize(place) for place in places) / 1024**2


def shuffle_np_dataset(*data: Any) -> Any:
    """Arrays, all in the same new order."""
    import numpy as np

    order = np.random.permutation(len(data[0]))
    return _few([array[order] for array in data])


def rescale_dataset(*data: Any, scale: float = 1) -> Any:
    """The first ``int(scale * n)`` rows of each."""
    return _few([array[: int(scale * len(array))] for array in data])


def pick_dataset(*data: Any, n: int = 5) -> Any:
    """``n`` rows drawn at random, the same of each."""
    import numpy as np

    chosen = np.random.choice(len(data[0]), n, replace=False)
    return _few([array[chosen] for array in data])


def _few(arrays: list[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def update_progress(what: str, i: int, imax: int, redraw: bool = False, verbosity: int = 2, **_: Any) -> None:
    """One line when it is over: what is redrawn would fill the output."""
    if verbosity and i >= imax:
        print(f"{what:16s} [{'#' * 40}] 100.0% of {imax}")


def rmax(l: Iterable[Any]) -> Any:  # noqa: E741 - called by this name
    return max(rmax(item) if isinstance(item, Iterable) else item for item in l)


def rmin(l: Iterable[Any]) -> Any:  # noqa: E741
    return min(rmin(item) if isinstance(item, Iterable) else item for item in l)


def random_id(size: int = 8, chars: str = string.ascii_letters + string.digits) -> str:
    return "".join(random.choice(chars) for _ in range(size))
