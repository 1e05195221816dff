"""LTI 1.3 from end to end against a platform that runs beside: lti1p3platform signs, checks and keeps the marks."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from jwcrypto.jwk import JWK

from grader import anonymity, bridge, lock
from grader.dispatch import recorder, sending
from grader.portal.lti import grades, people
from grader.store import audit, lti, outbox, released
from tests.portal_course import ADDRESS, Here, here, sent  # noqa: F401 - a fixture

registration = pytest.importorskip("lti1p3platform.registration")
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract  # noqa: E402
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract  # noqa: E402

CLIENT, DEPLOYMENT = "partiel-client", "1"
STUDENT = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


def pair() -> tuple[str, str]:
    key = JWK.generate(kty="RSA", size=2048, alg="RS256", use="sig")
    return key.export_to_pem(private_key=True, password=None).decode(), key.export_to_pem().decode()


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **said: Any) -> None:
        self._registration = said["registration"]

    def get_registration_by_params(self, **_: Any) -> Any:
        return self._registration


class Asked:
    """What came to the platform from the tool, as its library wants it."""

    def __init__(self, params: dict[str, str]) -> None:
        self.get_data, self.form_data = params, {}


class Message(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return launch_data


class Platform:
    """Tokens, marks and people over HTTP on loopback; sign-ins by calls. ``broken``: it answers 503 to marks."""

    def __init__(self) -> None:
        self.private, public = pair()
        self.scores: list[dict[str, Any]] = []
        self.members: list[dict[str, Any]] = []
        self.broken = 0
        self.tool_keys: dict[str, Any] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def say(self, said: Any, status: int = 200) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                if self.path == "/keys":
                    self.say({"keys": outer.registration.get_jwks()})
                elif self.path.startswith("/members") and self.allowed("contextmembership.readonly"):
                    self.say({"id": "c", "context": {"id": "c"}, "members": outer.members})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/token":
                    outer.registration.set_tool_key_set(outer.tool_keys)
                    self.say(outer.conf.get_access_token(dict(parse_qsl(body))))
                elif self.path.endswith("/scores") and self.allowed("scope/score"):
                    if outer.broken:
                        outer.broken -= 1
                        self.say({"error": "busy"}, 503)
                    else:
                        outer.scores.append(json.loads(body) | {"path": self.path})
                        self.say({})

            def allowed(self, scope: str) -> bool:
                said = self.headers["Authorization"].removeprefix("Bearer ")
                claims = jwt.decode(said, public, algorithms=["RS256"], options={"verify_aud": False})
                ok = any(one.endswith(scope) for one in claims["scopes"].split())
                if not ok:
                    self.say({"error": "scope"}, 403)
                return ok

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.registration = (
            registration.Registration()
            .set_iss(self.url)
            .set_client_id(CLIENT)
            .set_deployment_id(DEPLOYMENT)
            .set_launch_url(f"{ADDRESS}/lti/launch")
            .set_deeplink_launch_url(f"{ADDRESS}/lti/launch")
            .set_oidc_login_url(f"{ADDRESS}/lti/login")
            .set_platform_public_key(public)
            .set_platform_private_key(self.private)
        )
        self.conf = Conf(registration=self.registration)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def begin(self, browser: Any) -> dict[str, str]:
        """The platform sends the browser to the tool, which sends it back: what it asks."""
        asked = {"iss": self.url, "login_hint": "7", "target_link_uri": f"{ADDRESS}/lti/launch", "client_id": CLIENT}
        said = browser.get("/lti/login", params=asked)
        assert said.status_code == 303 and said.headers["location"].startswith(f"{self.url}/auth"), said.text
        return dict(parse_qsl(urlsplit(said.headers["location"]).query))

    def message(self, asked: dict[str, str], sub: str, deep: bool = False, **more: Any) -> dict[str, str]:
        """The signed answer, as the form that a browser posts."""
        made = Message(Asked(asked), self.conf)
        made.set_user_data(sub, [TEACHER if deep else STUDENT], more.get("name"), more.get("email"))
        made.set_resource_link_claim(more.get("resource", "link-1"), title="TD 1")
        made.set_launch_context_claim("c")
        custom = {"assignment": more["assignment"]} if "assignment" in more else {}
        made.set_custom_parameters_claim(custom)
        made.set_ags(f"{self.url}/lineitems", f"{self.url}/lineitems/1")
        made.set_nrps(f"{self.url}/members")
        if more.get("number"):
            made.set_extra_claims({people.LIS: {"person_sourcedid": more["number"]}})
        if deep:
            made.set_dl(f"{self.url}/back", "Partiel", accept_types={"ltiResourceLink"})
        return {key: made.lti_launch()[key] for key in ("id_token", "state")}

    def launch(self, browser: Any, sub: str, **more: Any) -> Any:
        return browser.post(
            "/lti/launch", data=self.message(self.begin(browser), sub, **more), headers={"Origin": self.url}
        )


@pytest.fixture(scope="module")
def moodle() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.close()


@pytest.fixture
def course(here: Here, moodle: Platform) -> Here:
    moodle.scores.clear()
    moodle.members.clear()
    moodle.broken = 0
    file = here.root / "course.toml"
    said = f"""
[server.lti."{moodle.url}"]
client_id = "{CLIENT}"
deployments = ["{DEPLOYMENT}"]
login = "{moodle.url}/auth"
token = "{moodle.url}/token"
keys = "{moodle.url}/keys"
"""
    file.write_text(file.read_text() + said)
    moodle.tool_keys = here.client().get("/lti/jwks").json()
    return here


def logged(course: Here, what: str) -> list[tuple[str, str, str, Any]]:
    with course.desk.db.read() as c:
        return [(one.who, one.role, one.on, json.loads(one.detail)) for one in audit.lines(c) if one.what == what]


def test_a_student_comes_from_the_platform_to_their_own_copy(course: Here, moodle: Platform) -> None:
    browser = course.client()
    said = moodle.launch(browser, "u1", email="ADA@example.org", assignment="td1")
    assert (said.status_code, said.headers["location"]) == (303, "/a/td1"), said.text
    page = browser.get("/a/td1")
    assert page.status_code == 200 and "Ada Lovelace" in page.text
    assert browser.get("/staff/lti").status_code == 404, "a student stays one, whatever the platform says"


def test_staff_are_who_course_toml_says_by_the_institutions_number(course: Here, moodle: Platform) -> None:
    browser = course.client()
    assert moodle.launch(browser, "u9", number="prof").status_code == 303
    page = browser.get("/staff/lti")
    assert page.status_code == 200
    assert moodle.url in page.text


def test_an_address_makes_nobody_a_teacher(course: Here, moodle: Platform) -> None:
    file = course.root / "students.csv"
    file.write_text(file.read_text() + "prof,The Professor,prof@example.org,,,\n")
    assert moodle.launch(course.client(), "u8", email="prof@example.org").status_code == 403


def test_a_second_account_does_not_become_somebody_who_came_in_already(course: Here, moodle: Platform) -> None:
    assert moodle.launch(course.client(), "u1", email="ada@example.org").status_code == 303
    assert moodle.launch(course.client(), "thief", email="ada@example.org").status_code == 403
    assert moodle.launch(course.client(), "u1", email="changed@example.org").status_code == 303, "they are known by now"
    assert logged(course, "lti_met") == [("ada", "student", moodle.url, {"account": "u1"})]


def test_who_is_not_of_the_course_stays_outside(course: Here, moodle: Platform) -> None:
    said = moodle.launch(course.client(), "u5", email="mallory@example.org", number="mallory")
    assert said.status_code == 403


@pytest.mark.parametrize(
    "how", ["twice", "another browser", "another key", "another platform", "another deployment", "no state", "too late"]
)
def test_a_message_that_is_not_the_answer_to_this_sign_in_is_refused(course: Here, moodle: Platform, how: str) -> None:
    browser = course.client()
    asked = moodle.begin(browser)
    sender = moodle
    if how == "another key":
        moodle.registration.set_platform_private_key(pair()[0])
    if how == "another platform":
        moodle.registration.set_iss("https://evil.example.org")
    if how == "another deployment":
        moodle.registration.set_deployment_id("2")
    try:
        form = sender.message(asked, "u1", email="ada@example.org")
    finally:
        moodle.registration.set_platform_private_key(moodle.private).set_deployment_id(DEPLOYMENT).set_iss(moodle.url)
    if how == "twice":
        assert browser.post("/lti/launch", data=form).status_code == 303
    if how == "another browser":
        browser = course.client()
    if how == "no state":
        form["state"] = "state-made-up"
    if how == "too late":
        course.clock.jump(3600)
    said = browser.post("/lti/launch", data=form)
    assert said.status_code == 403, how
    assert "partiel=" not in said.headers.get("set-cookie", "")


def test_an_unknown_platform_is_sent_nowhere(course: Here, moodle: Platform) -> None:
    asked = {"iss": "https://evil.example.org", "login_hint": "7", "target_link_uri": ADDRESS}
    assert course.client().get("/lti/login", params=asked).status_code == 403


def test_an_instructor_places_a_link_that_opens_the_assignment(course: Here, moodle: Platform) -> None:
    browser = course.client()
    said = moodle.launch(browser, "u9", number="prof", deep=True)
    assert said.status_code == 303 and said.headers["location"].startswith("/staff/lti/choose?key="), said.text
    page = browser.get(said.headers["location"])
    assert "TD 1" in page.text
    key = parse_qs(urlsplit(said.headers["location"]).query)["key"][0]
    back = course.post(browser, "/staff/lti/choose", on=said.headers["location"], key=key, assignment="td1")
    assert back.status_code == 200
    assert f"form-action {moodle.url}" in back.headers["content-security-policy"]
    assert f'action="{moodle.url}/back"' in back.text
    found = re.search(r'name="JWT" value="([^"]+)"', back.text)
    assert found
    moodle.registration.set_tool_key_set(moodle.tool_keys)
    (item,) = moodle.conf.validate_deeplinking_resp({"JWT": found[1]})
    assert item["custom"] == {"assignment": "td1"}
    assert item["lineItem"]["resourceId"] == "td1" and item["lineItem"]["scoreMaximum"] > 0
    again = course.post(browser, "/staff/lti/choose", on="/staff/lti", key=key, assignment="td1")
    assert again.status_code == 403, "a choice is made once"
    assert logged(course, "lti_place") == [("prof", "instructor", "td1", {"platform": moodle.url})]


def test_the_platforms_people_are_met_and_the_others_named(course: Here, moodle: Platform) -> None:
    prof = course.client()
    moodle.launch(prof, "u9", number="prof", assignment="td1")
    moodle.members += [
        {"user_id": "u1", "name": "Ada", "email": "ada@example.org", "roles": [], "status": "Active"},
        {"user_id": "u6", "name": "<b>Mallory</b>", "email": "m@example.org", "roles": [], "status": "Active"},
    ]
    said = course.post(prof, "/staff/lti/people", on="/staff/lti", issuer=moodle.url, resource="link-1")
    assert said.status_code == 200, said.text
    assert "&lt;b&gt;Mallory" in said.text
    with course.desk.db.read() as c:
        assert lti.people(c, moodle.url) == {"prof": "u9", "ada": "u1"}
    course.post(prof, "/staff/lti/people", on="/staff/lti", issuer=moodle.url, resource="link-1")
    assert logged(course, "lti_people") == [("prof", "instructor", moodle.url, {"people": ["ada"]})]


def delivered(desk: Any) -> int:
    """As `partiel work` does it, every few seconds."""
    return sending.deliver(desk.course(), desk.db, grades.KIND, desk.now())


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nbgrader's gradebook is kept as it was before anybody was graded: it takes seconds to make one."""
    return tmp_path_factory.mktemp("gradebook") / "gradebook.db"


@pytest.fixture
def book(course: Here, empty: Path) -> Here:
    here = course.desk.course()
    if not empty.exists():
        for assignment in ("td1", "exam"):
            bridge.register(here, lock.read(here, assignment))
        shutil.copyfile(here.root / "gradebook.db", empty)
    shutil.copyfile(empty, here.root / "gradebook.db")
    return course


WRONG, RIGHT = Fraction(1, 3), Fraction(7, 3)  # of 7/3: the other question's third is always earned


def graded(book: Here, mark: Fraction, assignment: str = "td1") -> None:
    """Ada's copy handed in, run, judged and recorded in the gradebook."""
    desk = book.desk
    params = lock.read(desk.course(), assignment).sheet("ada").items[0].variant.params
    right = (params["n"] + 2 - params["k"]) // params["s"] + 1
    sent(book, "ada", assignment, answer=f"size = {right if mark == RIGHT else 999}")
    book.clock.jump(1)
    book.grade()
    assert recorder.record_due(desk.course(), desk.db, book.clock) == 1
    assert bridge.finals(desk.course(), assignment).by_student["ada"].score == mark


def shown(book: Here, assignment: str) -> None:
    with book.desk.db.write() as c:
        released.release(c, assignment, "prof", book.clock())


def test_a_mark_arrives_once_when_feedback_is_shown_and_again_when_it_changes(book: Here, moodle: Platform) -> None:
    desk = book.desk
    moodle.launch(book.client(), "u1", email="ada@example.org", assignment="td1")
    moodle.launch(book.client(), "u2", number="emmy", assignment="td1")
    graded(book, WRONG)
    assert grades.gather(desk.course(), desk.db, desk.now()) == 0, "not before feedback is shown"
    shown(book, "td1")
    for _ in range(3):
        grades.gather(desk.course(), desk.db, desk.now())
        delivered(desk)
    (one,) = moodle.scores
    assert (one["userId"], one["path"]) == ("u1", "/lineitems/1/scores"), "nothing is said of who was not graded"
    assert (one["scoreGiven"], one["scoreMaximum"]) == (float(WRONG), float(RIGHT))
    with desk.db.write() as c:
        released.hold(c, "td1")  # as long as it is shown, nothing more is taken
    graded(book, RIGHT)
    shown(book, "td1")
    grades.gather(desk.course(), desk.db, desk.now())
    assert delivered(desk) == 1
    assert [said["scoreGiven"] for said in moodle.scores] == [float(WRONG), float(RIGHT)]


def test_a_platform_that_is_down_gets_the_mark_when_it_is_back(book: Here, moodle: Platform) -> None:
    desk = book.desk
    moodle.launch(book.client(), "u1", email="ada@example.org", assignment="td1")
    graded(book, RIGHT)
    shown(book, "td1")
    grades.gather(desk.course(), desk.db, desk.now())
    moodle.broken = 2
    assert delivered(desk) == 0
    assert delivered(desk) == 0 and moodle.broken == 1, "it waits before it tries again"
    book.clock.jump(outbox.PAUSE + 1)
    assert delivered(desk) == 0
    with desk.db.read() as c:
        (waiting,) = outbox.waiting(c)
    assert waiting.tries == 2 and "503" in waiting.why
    prof = book.client("prof")
    assert waiting.payload["sub"] in prof.get("/staff/lti").text, "a human sees what has not arrived"
    book.clock.jump(2 * outbox.PAUSE + 1)
    assert delivered(desk) == 1
    assert [said["scoreGiven"] for said in moodle.scores] == [float(RIGHT)]


def test_marks_of_an_anonymous_assignment_stay_until_names_are_lifted(book: Here, moodle: Platform) -> None:
    desk = book.desk
    moodle.launch(book.client(), "u1", email="ada@example.org", assignment="exam")
    graded(book, RIGHT, "exam")
    shown(book, "exam")
    assert grades.gather(desk.course(), desk.db, desk.now()) == 0
    anonymity.lift(desk.course(), "exam")
    assert grades.gather(desk.course(), desk.db, desk.now()) == 1
    assert delivered(desk) == 1
    assert [(said["userId"], said["scoreGiven"]) for said in moodle.scores] == [("u1", float(RIGHT))]


def test_without_a_platform_there_is_no_such_door(here: Here) -> None:
    browser = here.client()
    assert [browser.get(path).status_code for path in ("/lti/login", "/lti/jwks")] == [404, 404]
    assert browser.post("/lti/launch").status_code == 404
