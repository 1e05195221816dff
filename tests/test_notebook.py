"""Whatever file is handed in: what its author wrote is found, or a sentence says why nothing is."""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import notebook
from grader.model import Sheet, Submission

SIZE, GROW = "tiny-size", "tiny-grow"
WRITTEN = {SIZE: "size = 5", GROW: "def grow(x):\n    return x + 1"}
Json = dict[str, Any]


@pytest.fixture
def sheet(desk: Any) -> Sheet:
    made: Sheet = desk.lock().sheet("ada")
    return made


@pytest.fixture
def filled(sheet: Sheet) -> Json:
    return notebook.compose(sheet, WRITTEN)


@pytest.fixture
def read(sheet: Sheet, tmp_path: Path) -> Callable[..., Submission]:
    def submit(content: Json | bytes | str | list[Any]) -> Submission:
        file = tmp_path / "td1.ipynb"
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        file.write_bytes(content)
        return notebook.read_submission(file, sheet)

    return submit


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(notebook.UnreadableSubmission) as caught:
        read()
    assert caught.value.why.fr != caught.value.why.en
    return caught.value.why.en


def cell(of: Json, id: str) -> Json:
    return next(c for c in of["cells"] if c["id"] == id)


# ── out ──────────────────────────────────────────────────────────────────────


def test_a_composed_notebook_is_valid_and_the_same_twice(sheet: Sheet) -> None:
    made = notebook.compose(sheet)
    notebook.validate(made)
    assert made == notebook.compose(sheet) and (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert len({c["id"] for c in made["cells"]}) == len(made["cells"])


def test_only_solution_cells_may_be_edited_and_only_checks_have_points(sheet: Sheet) -> None:
    facts = {c["id"]: c["metadata"]["nbgrader"] for c in notebook.compose(sheet)["cells"]}
    assert {id for id, f in facts.items() if not f["locked"]} == {SIZE, GROW}
    assert {id: f["points"] for id, f in facts.items() if f["grade"]} == {
        f"{SIZE}-check": 2,
        f"{GROW}-check": pytest.approx(1 / 3),
    }


def test_outputs_and_sources_go_where_they_belong(sheet: Sheet) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "5"}
    made = notebook.compose(sheet, WRITTEN, {f"{SIZE}-check": (output,)})
    assert cell(made, f"{SIZE}-check")["outputs"] == [output] and cell(made, SIZE)["source"] == "size = 5"


# ── and back ─────────────────────────────────────────────────────────────────


def test_what_was_written_comes_back(read: Any, filled: Json) -> None:
    taken = read(filled)
    assert (taken.written, taken.remarks, taken.student) == (WRITTEN, (), "ada") and len(taken.sha256) == 64


def test_a_byte_order_mark_is_accepted(read: Any, filled: Json) -> None:
    assert read("\ufeff".encode() + json.dumps(filled).encode()).written == WRITTEN


def test_lines_in_a_list_are_joined(read: Any, filled: Json) -> None:
    cell(filled, GROW)["source"] = ["def grow(x):\n", "    return x + 1", 3]
    assert read(filled).written == WRITTEN


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_lacks_harm_nothing(read: Any, filled: Json, number: str) -> None:
    assert read(json.dumps(filled).replace('"metadata": {', f'"metadata": {{"x": {number}, ', 1)).written == WRITTEN


def test_a_lone_surrogate_goes_no_further(read: Any, filled: Json) -> None:
    cell(filled, SIZE)["source"] = "size = '\ud800'"
    filled["metadata"]["partiel"] = {"assignment": "\udfff", "student": "\udc80"}
    taken = read(filled)
    assert taken.written[SIZE] == "size = '?'"
    for remark in taken.remarks:
        (remark.fr + remark.en).encode()


def test_twenty_thousand_cells_hide_nothing(read: Any, filled: Json) -> None:
    more = [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "id": f"x{n}"} for n in range(20_000)]
    before = time.monotonic()
    assert read({**filled, "cells": more + filled["cells"]}).written == WRITTEN
    assert time.monotonic() - before < 60


def test_a_very_long_cell_is_cut(read: Any, filled: Json) -> None:
    cell(filled, SIZE)["source"] = "#" * 1_000_000
    assert len(read(filled).written[SIZE]) == notebook.MOST_SOURCE


def test_a_deleted_cell_is_not_written_and_the_others_are(read: Any, filled: Json) -> None:
    filled["cells"].remove(cell(filled, SIZE))
    assert read(filled).written == {GROW: WRITTEN[GROW]}


def test_a_solution_turned_into_words_is_nothing_to_run(read: Any, filled: Json) -> None:
    cell(filled, SIZE)["cell_type"] = "markdown"
    assert read(filled).written == {**WRITTEN, SIZE: ""}


@pytest.mark.parametrize("filled_first", [True, False])
def test_of_duplicated_cells_the_filled_one_counts(read: Any, sheet: Sheet, filled: Json, filled_first: bool) -> None:
    empty = cell(notebook.compose(sheet), SIZE)
    place = filled["cells"].index(cell(filled, SIZE))
    filled["cells"].insert(place + (1 if filled_first else 0), empty)
    taken = read(filled)
    assert taken.written == WRITTEN and "more than once" in taken.remarks[0].en


def test_without_cell_ids_nbgraders_are_used(read: Any, filled: Json) -> None:
    for each in filled["cells"]:
        del each["id"]
    assert read({**filled, "nbformat_minor": 4}).written == WRITTEN


def test_without_metadata_the_cell_ids_are_used(read: Any, filled: Json) -> None:
    for each in filled["cells"]:
        each["metadata"] = {}
    assert read({**filled, "metadata": {}}).written == WRITTEN


def stripped(filled: Json) -> Json:
    """As a site that converts notebooks gives them back: no id of any kind."""
    bare = [{**c, "metadata": {}} for c in filled["cells"]]
    for each in bare:
        del each["id"]
    return {"cells": bare, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}


def test_without_any_id_cells_are_recognised_by_their_place(read: Any, filled: Json) -> None:
    taken = read(stripped(filled))
    assert taken.written == WRITTEN and "recognised by their place" in taken.remarks[0].en


def test_no_place_is_guessed_where_cells_were_added(read: Any, filled: Json) -> None:
    bare = stripped(filled)
    bare["cells"].append({"cell_type": "code", "source": "1", "metadata": {}, "outputs": []})
    assert "from elsewhere" in refused(lambda: read(bare))


@pytest.mark.filterwarnings("ignore")  # nbformat's, about a format of 2014
def test_a_notebook_of_format_3_is_read(read: Any, filled: Json) -> None:
    old = nbformat.convert(nbformat.from_dict(copy.deepcopy(filled)), 3)
    assert old["nbformat"] == 3 and old["worksheets"][0]["cells"][-1]["input"]
    assert read(json.dumps(old)).written == WRITTEN


def test_a_worksheet_without_cells_is_refused(read: Any) -> None:
    assert refused(lambda: read({"nbformat": 3, "nbformat_minor": 0, "worksheets": 3, "metadata": {}}))


def test_another_students_notebook_is_remarked_upon(read: Any, filled: Json) -> None:
    filled["metadata"]["partiel"]["student"] = "emmy"
    assert read(filled).remarks[0].en == "This notebook was handed out under another name (emmy)."


def test_a_notebook_of_another_assignment_is_refused(read: Any, filled: Json) -> None:
    for each in filled["cells"]:
        each["id"] = each["metadata"]["nbgrader"]["grade_id"] = each["id"].replace("tiny", "other")
    filled["metadata"]["partiel"]["assignment"] = "td2"
    said = refused(lambda: read(filled))
    assert said == "This notebook is of another assignment (td2): none of its cells is of td1."


def test_another_assignment_with_the_same_exercise_is_remarked_upon(read: Any, filled: Json) -> None:
    filled["metadata"]["partiel"]["assignment"] = "td2"
    assert read(filled).remarks[0].en == "This notebook is of another assignment (td2)."


@pytest.mark.parametrize("claim", [[], 3, {"student": {"a": [[[1]]]}}, {"student": 10**50, "assignment": []}])
def test_what_a_file_claims_of_itself_is_never_believed(read: Any, filled: Json, claim: Any) -> None:
    filled["metadata"]["partiel"] = claim
    assert read(filled).written == WRITTEN


# ── files from which nothing can be taken ────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged or cut short"),
        (b'{"cells": [', "damaged or cut short"),
        (b"\x00" * 100, "damaged or cut short"),
        ('{"cells": ["é"]}'.encode("latin-1"), "not encoded in UTF-8"),
        (b"[]", "JSON, but no notebook"),
        (b"null", "JSON, but no notebook"),
        (b"3", "JSON, but no notebook"),
        (b"{}", "no cells"),
        (b'{"cells": {}}', "no cells"),
        (b'{"cells": []}', "none of its cells"),
        (b'{"cells": [1, null, "x", [], {"cell_type": []}]}', "none of its cells"),
        (b"[" * 10_000 + b"]" * 10_000, "nested too deep"),
        (b'{"cells":' * 10_000 + b"1" + b"}" * 10_000, "nested too deep"),
        (b'{"cells": ' + b"9" * 10_000 + b"}", "damaged or cut short"),
    ],
    ids=range(14),
)
def test_a_file_that_is_no_notebook_says_why(read: Any, content: bytes, said: str) -> None:
    assert said in refused(lambda: read(content))


def test_a_notebook_cut_anywhere_is_refused(read: Any, filled: Json) -> None:
    whole = json.dumps(filled).encode()
    for end in range(0, len(whole) - 1, 97):
        assert "cut short" in refused(lambda end=end: read(whole[:end]))  # type: ignore[misc]


def test_a_huge_file_is_not_read(sheet: Sheet, tmp_path: Path) -> None:
    file = tmp_path / "huge.ipynb"
    with file.open("wb") as out:
        out.truncate(200 * 2**20)
    before = time.monotonic()
    assert "weighs 200 MiB, over the 20 allowed" in refused(lambda: notebook.read_submission(file, sheet))
    assert time.monotonic() - before < 30


def test_a_link_is_not_followed(sheet: Sheet, filled: Json, tmp_path: Path) -> None:
    (tmp_path / "real.ipynb").write_text(json.dumps(filled))
    link = tmp_path / "link.ipynb"
    link.symlink_to("real.ipynb")
    assert "is a link" in refused(lambda: notebook.read_submission(link, sheet))


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(sheet: Sheet, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "td1.ipynb")
    assert "no ordinary file" in refused(lambda: notebook.read_submission(tmp_path / "td1.ipynb", sheet))


def test_a_file_that_is_not_there_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    assert "cannot be opened" in refused(lambda: notebook.read_submission(tmp_path / "none.ipynb", sheet))


# ── anything at all ──────────────────────────────────────────────────────────

ANYTHING = settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4))
NOTEBOOKISH = st.fixed_dictionaries(
    {},
    optional={
        "cells": VALUES,
        "nbformat": st.integers(-1, 6) | VALUES,
        "nbformat_minor": st.integers(-1, 6) | VALUES,
        "metadata": VALUES,
        "worksheets": VALUES,
    },
)


def survives(read: Any, content: Any) -> None:
    before = time.monotonic()
    try:
        taken = read(content)
    except notebook.UnreadableSubmission as error:
        (error.why.fr + error.why.en).encode()
    else:
        json.dumps([dict(taken.written), [r.en for r in taken.remarks]], ensure_ascii=False).encode()
    assert time.monotonic() - before < 60


@ANYTHING
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(read: Any, content: bytes) -> None:
    survives(read, content)


@pytest.mark.filterwarnings("default")  # nbformat's, about what it converts
@ANYTHING
@given(VALUES | NOTEBOOKISH)
def test_any_json_is_read_or_refused(read: Any, content: Any) -> None:
    survives(read, json.dumps(content))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


@pytest.mark.filterwarnings("default")
@ANYTHING
@given(st.data())
def test_a_notebook_changed_anywhere_is_read_or_refused(read: Any, filled: Json, data: st.DataObject) -> None:
    changed = copy.deepcopy(filled)
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from(places(changed)[1:]))
        holder: Any = changed
        for key in above:
            holder = holder[key]
        if data.draw(st.booleans()):
            holder[last] = data.draw(VALUES)
        else:
            del holder[last]
    survives(read, json.dumps(changed))
