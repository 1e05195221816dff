"""The site: these pages as Sphinx reads them, and the two references that are written from the code."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import _reference  # noqa: E402 - beside this file

from grader import __version__  # noqa: E402 - the checkout's own, above

project = "Partiel"
author = "The Partiel authors"
project_copyright = author
release = version = __version__
language = "en"
smartquotes = False  # two hyphens are an option's

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["gallery"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # a block may have an ellipsis in it
highlight_language = "text"

html_theme = "furo"
html_title = "∂ Partiel"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["copy.js"]
html_show_sphinx = False
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1d4f91", "color-brand-content": "#1d4f91"},
    "dark_css_variables": {"color-brand-primary": "#9cc3f5", "color-brand-content": "#9cc3f5"},
    "footer_icons": [],
}


TO_COME = ("server", "cluster")  # pages that have their place before they are written


def written(_: Any, name: str, source: list[str]) -> None:
    """The references have no words of their own: what a page of theirs says is read from the code, at each build."""
    if name in _reference.PAGES:
        source[0] += _reference.PAGES[name]()
    if name == "index":
        for page in TO_COME:
            if not (HERE / f"{page}.md").is_file():
                source[0] = source[0].replace(f"\n{page}\n", "\n")


def with_gallery(app: Any, failure: Exception | None) -> None:
    if failure is None:
        shutil.copytree(HERE / "gallery", Path(app.outdir) / "gallery", dirs_exist_ok=True)


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", written)
    app.connect("build-finished", with_gallery)
    return {"parallel_read_safe": True}
