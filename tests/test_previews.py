"""The pictures of docs/export.md are drawn from exported files, and nothing of a format's own marks is left in them."""

from __future__ import annotations

import re

import pytest

from tests import previews


@pytest.mark.parametrize("to", sorted(previews.SHOWN))
def test_a_preview_shows_every_question_whole(to: str) -> None:
    page = previews.pages()[to]
    assert page.count('class="que"') + page.count('class="question"') == len(previews.SHOWN[to][0])
    left = re.findall(r"@@PLUGINFILE@@|\\[(\[]|\{\d:|equation_image|\[\w+_\w+\]|IMS-CC", page)
    assert not left
    assert page.count("<math") >= 3 and page.count("<input") >= 5
