"""GIFT, read by a reader of Moodle's rules for it, written apart from what writes the file, and answered."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from grader import content, quiz
from grader.model import Exercise
from grader.quiz import gift, words
from grader.quiz.item import Part
from grader.quiz.moodle import kinds

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@dataclass
class Read:
    """A question as Moodle understands it: answers are (share, text, feedback)."""

    id: str
    kind: str
    text: str
    worked: str
    category: str
    answers: list[tuple[Fraction, str, str]] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def numeric(self, value: str) -> tuple[Fraction, str]:
        """The first answer that is near enough."""
        for share, text, feedback in self.answers:
            right, _, within = text.partition(":")
            if abs(Fraction(value) - Fraction(right)) <= Fraction(within or "0"):
                return share, feedback
        return Fraction(0), ""


HIDDEN = {"\\": "\ue000", ":": "\ue001", "#": "\ue002", "=": "\ue003", "{": "\ue004", "}": "\ue005", "~": "\ue006"}


def hidden(text: str) -> str:
    """Escaped characters out of the way, as Moodle does before it looks for the others."""
    text = re.sub(r"\\([\\:#={}~])", lambda found: HIDDEN[found[1]], text)
    assert not re.search(r"\\(?!n)", text), "an escape that Moodle does not know"
    return text.replace("\\n", "\n")


def shown(text: str) -> str:
    for character, place in HIDDEN.items():
        text = text.replace(place, character)
    return text.strip().removeprefix("[html]")


def read(source: str) -> list[Read]:
    found, category = [], ""
    for block in re.split(r"\n\s*\n", source):
        lines = block.strip("\n").split("\n")
        comments = " ".join(line for line in lines if line.startswith("//"))
        body = "\n".join(line for line in lines if not line.startswith("//"))
        if body.startswith("$CATEGORY: "):
            category = body.removeprefix("$CATEGORY: ")
        elif body:
            id = re.search(r"\[id:([^\]]+)\]", comments)
            assert id
            found.append(question(id[1], hidden(body), category))
    return found


def question(id: str, body: str, category: str) -> Read:
    head, _, rest = body.partition("{")
    inside, _, tail = rest.partition("}")
    assert not tail.strip() and "{" not in inside
    title = re.fullmatch(r"::(.*?)::(.*)", head, re.DOTALL)
    assert title and title[1] and title[2].startswith("[html]")
    inside, _, worked = inside.partition("####")
    inside = inside.strip()
    made = Read(id, "essay", shown(title[2]), shown(worked), category)
    if inside.startswith("#"):
        made.kind = "numerical"
        made.answers = [answer("=" + one) for one in inside[1:].split("=")[1:]]
    elif "~" in inside:
        made.kind = "choice"
        made.answers = [answer(one) for one in re.split(r"(?=[=~])", inside) if one.strip()]
    elif "->" in inside:
        made.kind = "match"
        for one in inside.split("=")[1:]:
            left, _, right = one.partition("->")
            made.pairs.append((shown(left), shown(right)))
    elif inside:
        made.kind = "short"
        made.answers = [answer("=" + one) for one in inside.split("=")[1:]]
    return made


def answer(written: str) -> tuple[Fraction, str, str]:
    text, _, feedback = written[1:].strip().partition("#")
    share = Fraction(1) if written.startswith("=") else Fraction(0)
    if weight := re.match(r"%(-?[\d.]+)%", text):
        share, text = Fraction(weight[1]) / 100, text[weight.end() :]
    return share, shown(text), shown(feedback)


def exercises() -> list[Exercise]:
    return [content.find(id) for id in sorted(content.paths())]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_question_is_read_back_and_graded(lang: str) -> None:
    export = quiz.export(exercises(), lang, "gift", id="td", title="TD 1/2", variants=VARIANTS)  # type: ignore[arg-type]
    found = {one.id: one for one in read(export.files["td.gift"].decode())}
    noted = {(note.exercise, note.part) for note in export.report.notes}
    seen = 0
    for item in export.quiz.items:
        for part in item.parts:
            ids = [id for id in found if id == part.id or re.fullmatch(f"{re.escape(part.id)}-[0-9a-z-]+", id)]
            assert ids, f"{part.id} is lost"
            seen += 1
            assert part.kind in gift.CARRIES - {"shape"} or (item.exercise, part.name) in noted
            for id in ids:
                assert found[id].worked and found[id].text
                assert found[id].category.startswith("$course$/top/TD 1//2/")
            if part.id in found:
                check(part, found[part.id])
    assert seen > 400


def check(part: Part, got: Read) -> None:
    if got.kind == "choice":
        used = part if part.kind in ("choice", "choices") and texts(part) == [a[1] for a in got.answers] else part.twin
        assert used and texts(used) == [a[1] for a in got.answers], part.id
        if used.kind == "choice":
            assert [share == 1 for share, _, _ in got.answers] == [option.right for option in used.options]
        else:
            assert sum(share for share, _, _ in got.answers if share > 0) == pytest.approx(1, abs=1e-3)
            assert [share > 0 for share, _, _ in got.answers] == [option.right for option in used.options]
        assert [feedback for _, _, feedback in got.answers] == [html(option.feedback) for option in used.options]
    elif part.kind == "numeric":
        assert part.number and got.numeric(part.number.value)[0] == 1
        for known in part.known:
            assert got.numeric(known.value[0])[0] == 0
            assert got.numeric(known.value[0])[1] in {html(one.feedback) for one in part.known}
    elif got.kind == "match":
        rights = dict(pair for pair in got.pairs if pair[0])
        assert len(rights) == len(part.stems)
        said = kinds.entries(part)
        assert rights == {html(stem): said[right] for _, stem, right in part.stems}
        assert {right for _, right in got.pairs} == set(said.values())
    elif got.kind == "short":
        full = {text for share, text, _ in got.answers if share == 1}
        assert full == {one.replace("*", r"\*") for one in part.accepted}
        assert not full & {text for share, text, _ in got.answers if share == 0}
    else:
        assert part.kind in ("text", "code")


def html(content: words.Words) -> str:
    return shown(hidden(gift.rich(content))) if content else ""


def texts(part: Part) -> list[str]:
    return [html(option.words) for option in part.options]


@pytest.mark.parametrize("text", ["a{b}=~#:c\\d", r"\(\frac{1}{2}\neq 0\)", "deux\nlignes", "100%"])
def test_what_has_a_meaning_is_escaped(text: str) -> None:
    escaped = gift.escaped(text)
    assert "\n" not in escaped and not re.search(r"(?<!\\)[{}=~#:]", escaped.replace("\\\\", ""))
    assert shown(hidden(escaped)) == text
