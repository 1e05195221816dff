"""An instructor's whole path in headless Chromium, in both languages, on a phone and on a screen, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.portal import pages
from grader.store import jobs, outbox, workers
from tests.browser import Browser, browser
from tests.portal_course import Here, here, sent
from tests.test_portal_staff import NEW, aside, right, three

__all__ = ["browser", "here"]
pytestmark = pytest.mark.slow


def busy(here: Here) -> None:
    """A class at work: some graded, some waiting, one running, one that failed, one mark not recorded."""
    three(here)
    sent(here, "alan", "exam")
    aside(here)
    for who in ("ada", "emmy", "evil"):
        sent(here, who, "exam")
    with here.desk.db.write() as c:
        job = jobs.take(c, "w", here.clock(), 600)
        jobs.renew(c, job, here.clock(), 600, at=1, of=2)
        walls = "user namespaces are off: sysctl kernel.unprivileged_userns_clone=1"
        workers.beat(c, workers.Worker("salle-b12:4242:1", "here", 0, here.clock(), True, "", 4, 1))
        workers.beat(c, workers.Worker("noeud-7:99:1", "dask", 0, here.clock(), False, walls, 2, 0))
        for parcel in outbox.due(c, "gradebook", here.clock(), 1):
            outbox.failed(c, parcel, here.clock(), "gradebook.db is locked")
    here.clock.jump(12)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_instructor_goes_all_the_way(here: Here, browser: Browser, tmp_path: Path, lang: str) -> None:
    here.desk.trust = True

    def looked_at(name: str) -> None:
        browser.passes(tmp_path, name, lang)

    roster = tmp_path / "liste.csv"
    roster.write_text(NEW, "utf-8")
    busy(here)
    with here.serve() as address:
        browser.go(address + here.path("prof"), "document.getElementById('live')")
        browser.go(f"{address}/lang/{lang}?to=/staff", "document.getElementById('live')")
        assert browser.js("document.documentElement.lang") == lang
        looked_at("live")
        browser.js("document.querySelector(\"#live a[href='/staff/a/td1']\").focus()")
        with here.desk.db.write() as c:
            workers.leave(c, "noeud-7:99:1")
        if "htmx.min.js" in pages.files():
            browser.wait("!document.body.innerText.includes('noeud-7')")  # nobody reloaded the page
            browser.wait("document.activeElement.getAttribute('href') === '/staff/a/td1'")  # the keyboard stays there
        browser.click("section[aria-labelledby=human] a", "document.querySelector('form[action$=cancel]')")
        browser.js("document.querySelector('form[action$=cancel]').closest('details').open = true")
        looked_at("stopped")
        browser.go(f"{address}/staff", "document.getElementById('live')")
        browser.click("button[id^=again]", "!document.querySelector('button[id^=again]')")
        browser.click("a[href='/staff/a/td1']", "document.querySelector('form[action$=release]')")
        looked_at("class")
        browser.click("form[action$=release] button", "document.querySelector('form[action$=hold]')")
        browser.click("a[href='/staff/a/td1/s/ada']", "document.querySelector('.question')")
        browser.js("for (const one of document.querySelectorAll('details')) one.open = true")
        looked_at("copy")
        browser.js("document.querySelector('input[name=points]').value = '9'")
        browser.js("document.querySelector('input[name=because]').value = 'x'")
        browser.click("form[action$=override] button", "document.querySelector('[role=alert]')")
        looked_at("refused")
        browser.go(f"{address}/staff/a/td1", "document.querySelector('form[action$=regrade]')")
        browser.click("form[action$=regrade] button", "document.getElementById('regrade')")
        here.grade()
        if "htmx.min.js" not in pages.files():
            browser.wait("document.readyState === 'complete'")
        browser.wait("document.querySelector('form[action$=accept]')")
        looked_at("difference")
        browser.click("form[action$=accept] button", "document.getElementById('regrade')")
        browser.wait("document.querySelector('.note.good')")
        looked_at("counted")
        browser.go(f"{address}/staff/a/exam", "document.querySelector('tbody a')")
        browser.js("document.querySelector('form[action$=names]').closest('details').open = true")
        looked_at("hidden")
        browser.js("document.querySelector('input[name=sure]').click()")
        browser.click("form[action$=names] button", "document.querySelector('a[href$=\"/s/ada\"]')")
        browser.go(f"{address}/staff/a/td3", "document.querySelector('form[action$=hand-out]')")
        looked_at("not-yet")
        browser.go(f"{address}/staff/roster", "document.querySelector('input[type=file]')")
        looked_at("roster")
        browser.choose("input[type=file]", roster)
        browser.click("form[action='/staff/roster'] button", "document.querySelector('input[name=wanted]')")
        looked_at("changes")
        browser.click("form[action$=accept] button", "document.querySelector('.note.good')")
        here.token("ada")
        browser.go(f"{address}/staff/links", "document.querySelector('form')")
        looked_at("links")
        browser.go(f"{address}/staff/audit", "document.querySelector('tbody tr')")
        looked_at("log")


def test_a_teacher_needs_no_mouse_and_no_script(here: Here, browser: Browser) -> None:
    """Released by keyboard alone; asked for again without a script."""
    sent(here, "ada", answer=right(here, "ada"))
    with here.serve() as address:
        browser.looks(1200)
        browser.go(address + here.path("prof"), "document.getElementById('live')")
        browser.looks(1200, scripts=False)
        browser("Page.navigate", url=f"{address}/staff/a/td1")
        browser.wait("document.querySelector('form[action$=release]')")
        for _ in range(30):
            browser.key("Tab", 9)
            assert browser.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            if browser.js("document.activeElement.matches('form[action$=release] button')"):
                break
        browser.key("Enter", 13, "\r")
        browser.wait("document.querySelector('form[action$=hold]')")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_assignment_is_put_together(here: Here, browser: Browser, tmp_path: Path, lang: str) -> None:
    """Whatever is pressed next, what was typed stays; Enter keeps it, and adds nothing."""
    with here.serve() as address:
        browser.go(address + here.path("prof"), "document.getElementById('live')")
        browser.go(f"{address}/lang/{lang}?to=/build%3Fq%3Dtiny", "document.getElementById('draft')")
        browser.js("document.getElementById('title').value = 'TD 9'")
        browser.click("button[value='add:tiny']", "document.querySelectorAll('.entries li').length === 1")
        browser.wait("document.getElementById('title').value === 'TD 9'")
        browser.js("document.querySelector('.entries input').value = '7,5'")
        browser.click("button[value='add:tiny']", "document.querySelectorAll('.entries li').length === 2")
        browser.js("document.querySelectorAll('.entries input')[1].value = '2,5'")
        browser.js("document.querySelectorAll('.entries input')[1].focus()")
        browser.key("Enter", 13, "\r")
        browser.wait("document.querySelector('dl.facts strong').innerText === '10'")
        assert browser.js("document.querySelectorAll('.entries li').length") == 2
        browser.passes(tmp_path, "build", lang)
        browser.js("document.getElementById('id').value = 'td9'")
        browser.click("button[name=then][value=file]", "document.querySelector('pre')")
        browser.passes(tmp_path, "file", lang)
