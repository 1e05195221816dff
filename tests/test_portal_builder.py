"""An assignment put together in the browser: what is picked, what it adds up to, what is written, what never is."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from grader import building
from grader import course as courses
from grader.building import Draft
from grader.building.draft import number
from grader.course import edit
from grader.errors import UsageError
from tests.portal_course import Here, here  # noqa: F401 - a fixture


def do(here: Here, client: Any, **fields: str) -> Any:
    said = here.post(client, "/build/draft", on="/build", **fields)
    assert said.status_code == 303, said.text
    return client.get("/build")


@pytest.fixture
def prof(here: Here) -> Any:
    return here.client("prof")


def test_a_new_assignment_from_the_catalogue_to_its_copies(here: Here, prof: Any) -> None:
    page = prof.get("/build", params={"q": "tiny"})
    assert page.status_code == 200 and "/build/x/tiny" in page.text
    do(here, prof, do="add:tiny")
    do(here, prof, do="add:tiny")
    page = do(here, prof, do="keep", id="td9", title="TD 9 : l'essai", solution="on", **{"points.1.tiny": "3,5"})
    assert 'value="3,5"' in page.text
    goes = here.post(prof, "/build/draft", on="/build", id="td9", title="TD 9 : l'essai", then="file")
    assert goes.headers["location"] == "/build/file", "what was typed goes along with the button that goes on"
    do(here, prof, do="keep", id="td9", title="TD 9 : l'essai", solution="on")
    shown = prof.get("/build/file")
    assert "+exercises = [" in shown.text and "td9" in shown.text
    before = (here.root / "course.toml").read_text()
    seen = re.search(r'name="before" value="([^"]+)"', shown.text)
    assert seen
    said = here.post(prof, "/build/file", on="/build/file", before=seen[1], do="generate")
    assert said.status_code == 200, said.text
    after = (here.root / "course.toml").read_text()
    assert after.startswith(before), "the rest of the file is as it was, comments and all"
    made = courses.load(here.root).assignments["td9"]
    assert (made.title, made.exercises, made.show_solution) == ("TD 9 : l'essai", ("tiny", "tiny"), True)
    assert {key: float(value) for key, value in made.points.items()} == {"tiny-2": 3.5}
    assert (here.root / "release/ada/td9/td9.ipynb").is_file()
    again = prof.get("/build/file")
    assert 'value="generate"' not in again.text, "its copies are in students' hands"


def test_what_was_picked_is_there_at_the_next_visit_and_is_ones_own(here: Here, prof: Any) -> None:
    do(here, prof, do="add:tiny")
    assert [one.exercise for one in building.load(here.desk.course(), "prof").entries] == ["tiny"]
    assert building.load(here.desk.course(), "somebody").entries == ()


def test_no_button_loses_what_was_typed_beside_another(here: Here, prof: Any) -> None:
    do(here, prof, do="add:tiny")
    typed = {"id": "td9", "title": "Neuf", "points.0.tiny": "2", "points.0.other": "7"}
    page = do(here, prof, do="add:tiny", **typed)
    assert 'value="Neuf"' in page.text
    draft = building.load(here.desk.course(), "prof")
    assert (draft.id, [one.points for one in draft.entries]) == ("td9", [{"": "2"}, {}])
    said = here.post(prof, "/build/draft", on="/build", do="up:1", **typed | {"title": "Dix", "points.1.tiny": "deux"})
    assert said.status_code == 400 and 'value="Dix"' in said.text and 'value="deux"' in said.text
    assert "points · tiny" in said.text


def test_points_by_question_stay_where_nothing_else_is_typed(here: Here, prof: Any) -> None:
    draft = Draft("td9", "Neuf", True, (building.Entry("tiny", {"size": "3"}),))
    building.save(here.desk.course(), "prof", draft)
    do(here, prof, do="keep", id="td9", title="Neuf", solution="on", **{"points.0.tiny": ""})
    assert building.load(here.desk.course(), "prof") == draft


def test_an_assignment_of_the_file_is_gone_on_with(here: Here, prof: Any) -> None:
    do(here, prof, do="open", assignment="td2")
    draft = building.load(here.desk.course(), "prof")
    assert (draft.id, [one.exercise for one in draft.entries]) == ("td2", ["tiny", "tiny"])
    shown = prof.get("/build/file")
    text = (here.root / "course.toml").read_text()
    table = tomllib.loads(edit.written(text, draft.id, draft.keys()))["assignments"]["td2"]
    assert table["late"] is False and "due" in table, "what the page does not know of stays"
    assert shown.status_code == 200


def test_order_and_removal(here: Here, prof: Any) -> None:
    draft = Draft("x").added("a").added("b").added("c")

    def order(one: Draft) -> list[str]:
        return [entry.exercise for entry in one.entries]

    assert order(draft.moved(0, 1)) == ["b", "a", "c"]
    assert order(draft.moved(0, -1)) == ["a", "b", "c"]
    assert order(draft.moved(2, 5)) == ["a", "b", "c"]
    assert order(draft.without(1)) == ["a", "c"]
    assert order(draft.without(7)) == ["a", "b", "c"]
    for bad in ("-1", "many", "1/0", "99999"):
        with pytest.raises(UsageError):
            draft.worth(0, bad)


def test_somebody_elses_change_is_not_written_over(here: Here, prof: Any) -> None:
    do(here, prof, do="add:tiny")
    do(here, prof, do="keep", id="td9", title="TD 9")
    seen = re.search(r'name="before" value="([^"]+)"', prof.get("/build/file").text)
    assert seen
    file = here.root / "course.toml"
    file.write_text(file.read_text() + "\n# by hand\n")
    said = here.post(prof, "/build/file", on="/build/file", before=seen[1], do="write")
    assert said.status_code == 409
    assert file.read_text().endswith("# by hand\n")


def test_what_the_file_cannot_mean_is_taken_back(here: Here, prof: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    do(here, prof, do="add:tiny")
    do(here, prof, do="keep", id="td9", title="TD 9")
    file = here.root / "course.toml"
    before = file.read_text()
    (here.root / "students.csv").write_text("id\nada\nada\n")  # the course cannot be read any more, whatever is written
    seen = re.search(r'name="before" value="([^"]+)"', prof.get("/build/file").text)
    assert seen
    said = here.post(prof, "/build/file", on="/build/file", before=seen[1], do="write")
    assert said.status_code == 400
    assert file.read_text() == before


@pytest.mark.parametrize("who", ["ada", "bob", ""])
def test_only_instructors_build(here: Here, who: str) -> None:
    client = here.client(who)
    for path in (
        "/build",
        "/build/file",
        "/build/x/tiny",
        "/build/x/tiny/page?solution=true",
        "/build/preview/notebook",
    ):
        assert client.get(path).status_code in (303, 401, 403, 404), path


def test_previews_can_do_nothing(here: Here, prof: Any) -> None:
    do(here, prof, do="add:tiny")
    for path in ("/build/x/tiny/page?solution=true", "/build/preview/notebook"):
        said = prof.get(path)
        assert said.status_code == 200
        assert said.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    quiz = prof.get("/build/preview/quiz")
    assert quiz.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in quiz.headers["content-security-policy"]
    assert "padding_forgotten" in prof.get("/build/x/tiny/page?solution=true").text


def test_what_is_not_there_is_said(here: Here, prof: Any) -> None:
    assert prof.get("/build/x/nothing").status_code == 404
    assert prof.get("/build/preview/quiz").status_code == 404
    assert here.post(prof, "/build/draft", on="/build", do="add:../../etc/passwd").status_code == 404
    do(here, prof, do="remove:3", **{"points.3.tiny": "1"})  # a line that is no more
    empty = prof.get("/build/file")
    assert empty.status_code == 400


def test_a_third_of_a_point_and_dotted_keys_survive() -> None:
    text = edit.written("[course]\nid = 'x' # mine\n", "td1", {"title": "T", "points": {"a.size": number("1/3")}})
    assert text.startswith("[course]\nid = 'x' # mine\n")
    assert tomllib.loads(text)["assignments"]["td1"]["points"] == {"a.size": "1/3"}
    again = edit.written(text, "td1", {"title": "U", "points": None})
    assert tomllib.loads(again)["assignments"]["td1"] == {"title": "U"}
    assert "# mine" in again
