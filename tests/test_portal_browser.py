"""A student's whole path in headless Chromium: on a phone and on a screen, light and dark, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.portal import pages
from grader.store import jobs, released
from tests.browser import Browser, browser
from tests.portal_course import Here, here

__all__ = ["browser", "here"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("who", "lang"), [("ada", "fr"), ("emmy", "en")])
def test_a_student_goes_all_the_way(here: Here, browser: Browser, tmp_path: Path, who: str, lang: str) -> None:
    def looked_at(name: str) -> None:
        browser.passes(tmp_path, name, lang)

    file = tmp_path / "td1.ipynb"
    file.write_bytes(here.notebook(who))
    with here.serve() as address:
        browser.go(address, "document.querySelector('h1')")
        looked_at("sign-in")
        browser.go(address + here.path(who), "document.querySelector('.list')")
        assert browser.js("document.documentElement.lang") == lang
        looked_at("home")
        browser.click("a[href='/a/td1']", "document.querySelector('input[type=file]')")
        looked_at("assignment")
        browser.choose("input[type=file]", file)
        browser.click("form[action$=submit] button", "document.getElementById('progress')")
        looked_at("waiting")
        with here.desk.db.write() as c:
            job = jobs.take(c, "w", here.clock(), 60)
            jobs.renew(c, job, here.clock(), 60, at=1, of=2)
        if "htmx.min.js" in pages.files():
            browser.wait("document.querySelector('progress')")  # nobody reloaded the page
        else:
            browser.go(browser.js("location.href"), "document.querySelector('progress')")
        looked_at("running")
        with here.desk.db.write() as c:
            jobs.give_back(c, job)
        here.clock.jump(30)
        here.grade()
        browser.wait("!document.querySelector('progress') && document.querySelector('#progress table')")
        looked_at("graded")
        with here.desk.db.write() as c:
            released.release(c, "td1", "prof", here.clock())
        browser.go(browser.js("location.href"), "document.querySelector('a[href$=feedback]')")
        looked_at("released")
        browser.go(f"{address}/a/td1", "document.querySelector('table')")
        looked_at("attempts")
        browser.go(f"{address}/terminal", "document.querySelector('pre')")
        browser.click("form[action='/terminal'] button", "document.querySelector('.note pre')")
        looked_at("terminal")
        browser.go(f"{address}/nowhere", "document.querySelector('.note')")
        looked_at("refused")


def test_the_keyboard_is_enough(here: Here, browser: Browser) -> None:
    """The first Tab offers to skip the frame, and every stop is seen."""
    with here.serve() as address:
        browser.looks(1200)
        browser.go(address + here.path("ada"), "document.querySelector('.list')")
        browser.key("Tab", 9)
        assert browser.js("document.activeElement.className") == "skip"
        assert browser.js("document.activeElement.getBoundingClientRect().left") >= 0
        seen = []
        for _ in range(12):
            browser.key("Tab", 9)
            seen.append(browser.js("document.activeElement.getAttribute('href')"))
            assert browser.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            if seen[-1] == "/a/td1":
                break
        assert seen[-1] == "/a/td1"
        browser.key("Enter", 13, "\r")
        browser.wait("location.pathname === '/a/td1' && document.querySelector('input[type=file]')")


def test_handing_in_needs_no_script(here: Here, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "td1.ipynb"
    file.write_bytes(here.notebook("ada"))
    with here.serve() as address:
        browser.go(address + here.path("ada"), "document.querySelector('.list')")
        browser.looks(390, scripts=False)
        browser("Page.navigate", url=f"{address}/a/td1")
        browser.wait("document.querySelector('input[type=file]')")
        browser.choose("input[type=file]", file)
        browser.js("document.querySelector('form[action$=submit] button').click()")
        browser.wait("document.getElementById('progress')")
        with here.desk.db.read() as c:
            assert [one.state for one in jobs.listed(c, "queued")] == ["queued"]


def test_a_file_that_is_too_large_is_said_before_it_is_sent(here: Here, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "large.ipynb"
    file.write_bytes(b"{" + b" " * (2 << 20))
    with here.serve() as address:
        browser.go(address + here.path("ada"), "document.querySelector('.list')")
        browser.go(f"{address}/a/td1", "document.querySelector('input[type=file]')")
        browser.choose("input[type=file]", file)
        assert browser.js("document.querySelector('input[type=file]').validationMessage").startswith("Ce fichier est")
