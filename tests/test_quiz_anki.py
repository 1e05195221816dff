"""Anki packages, read from their database, and imported twice by Anki itself where it is there (`pip install anki`)."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader import content, quiz
from grader.errors import UsageError
from grader.model import Exercise
from grader.quiz import anki as written
from grader.quiz import sheets, words

pytest.importorskip("genanki", reason="pip install 'partiel[quiz]'")

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


def exercises() -> list[Exercise]:
    return [content.find(id) for id in sorted(content.paths())]


def opened(package: bytes) -> tuple[sqlite3.Connection, dict[str, str], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(package))
    held = sqlite3.connect(":memory:")
    held.deserialize(archive.read("collection.anki2"))
    return held, json.loads(archive.read("media")), archive


def test_every_question_is_a_note_with_an_answer() -> None:
    export = quiz.export(exercises(), "fr", "anki", id="td", title="TD", variants=VARIANTS)
    base, media, archive = opened(export.files["td.apkg"])
    rows = base.execute("select guid, flds, tags from notes").fetchall()
    fields = {row[1].split("\x1f")[0]: row[1].split("\x1f") for row in rows}
    parts = {part.id: part for item in export.quiz.items for part in item.parts}
    assert set(fields) == set(parts)
    assert len({row[0] for row in rows}) == len(rows) == base.execute("select count(*) from cards").fetchone()[0]
    shown = ""
    for id, (_, question, answer, solution, ideas) in fields.items():
        part = parts[id]
        assert question and solution and (answer or part.kind in ("text", "code"))
        for option in part.options:
            assert written.html(option.words).removeprefix("<p>").removesuffix("</p>") in question
        assert all(written.html(words.inline(one.feedback)) in ideas for one in part.known if one.feedback)
        shown += question + answer + solution + ideas
    for name in media.values():
        assert f'src="{name}"' in shown
    assert shown.count("<img") >= len(media) > 0
    assert {archive.read(n)[:4] for n in media} <= {b"\x89PNG", b"<svg"}
    decks = json.loads(base.execute("select decks from col").fetchone()[0])
    shelf = export.quiz.groups[0].path
    assert "::".join(["TD", *shelf]) in {deck["name"] for deck in decks.values()}
    base.close()


def test_ids_stay_when_more_is_asked_for() -> None:
    def guids(variants: int, title: str) -> set[str]:
        made = quiz.export([content.find("conv_output_size")], "fr", "anki", id="td", title=title, variants=variants)
        base, _, _ = opened(made.files["td.apkg"])
        found = {row[0] for row in base.execute("select guid from notes")}
        base.close()
        return found

    assert guids(2, "TD") < guids(5, "TD") == guids(5, "TD 2")
    assert written.number("deck", "a") == written.number("deck", "a") != written.number("deck", "b")
    assert 0 < written.number("deck", "a") < 2**31


def test_anki_adds_nothing_the_second_time(tmp_path: Path) -> None:
    """In Anki's own collection."""
    pytest.importorskip("anki", reason="pip install anki")
    from anki.collection import Collection, ImportAnkiPackageRequest

    two = {
        name: quiz.export([content.find(id) for id in ids], "fr", "anki", id=name, title=name, variants=2)
        for name, ids in (("a", ("conv_output_size", "kernel_purpose")), ("b", ("softmax_temperature",)))
    }
    collection: Any = Collection(str(tmp_path / "collection.anki2"))

    def imported(name: str) -> tuple[int, int]:
        path = tmp_path / f"{name}.apkg"
        path.write_bytes(two[name].files[f"{name}.apkg"])
        log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path))).log
        assert not log.conflicting and not log.missing_notetype and not log.empty_first_field
        return len(log.new), collection.note_count()

    asked = {name: sum(len(item.parts) for item in export.quiz.items) for name, export in two.items()}
    assert imported("a") == (asked["a"], asked["a"])
    assert imported("a") == (0, asked["a"])
    assert imported("b") == (asked["b"], asked["a"] + asked["b"]), "another package's notes are not taken for these"
    card = collection.get_card(collection.find_cards("tag:conv_output_size")[0])
    assert card.question() and card.answer().count("<hr") >= 2
    collection.close()


def test_without_genanki_the_extra_is_named() -> None:
    with pytest.raises(UsageError, match=r"partiel\[quiz\]"):
        sheets.library("no_such_library", "anki")
