"""QTI 3 in a player that the standard's own body certifies, in headless Chromium: it scores as the rules say.

``make test-qti`` fetches the player, which is no part of what is installed, and runs this.
"""

from __future__ import annotations

import html
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from grader import content, judge
from grader.model import Answer, Variant
from tests.browser import opened
from tests.test_quiz_qti import IDS, Reader, by_choice, exported, given, right_response, scored_parts

PLAYER = os.environ.get("PARTIEL_QTI_PLAYER", "")  # a folder with node_modules
SECONDS = 300
WRONG = 3  # ideas of each question
PAGE = """<!doctype html><meta charset="utf-8"><body><pre id="out">RUNNING</pre>
<script src="{player}/vue/dist/vue.min.js"></script>
<script src="{player}/qti3-item-player/dist/qti3Player.umd.min.js"></script>
<script>
const cases = {cases}, results = [];
let player, app;
function done() {{ document.getElementById("out").textContent = "DONE" + JSON.stringify(results) + "END"; }}
function next() {{
  if (results.length >= cases.length) return done();
  if (app) {{ app.$destroy(); app.$el.remove(); }}
  const one = cases[results.length], place = document.body.appendChild(document.createElement("div"));
  const session = {{max_attempts: 0, show_feedback: false, validate_responses: false}};
  const state = {{identifier: one.id, guid: "g", contextVariables: [], responseVariables: one.responses,
                  outcomeVariables: [], templateVariables: [], validationMessages: []}};
  const on = {{
    notifyQti3PlayerReady(it) {{
      player = it;
      player.loadItemFromXml(one.xml, {{guid: "g", status: "interacting", sessionControl: session, state}});
    }},
    notifyQti3ItemReady() {{ player.scoreAttempt("score"); }},
    notifyQti3ScoreAttemptCompleted(data) {{
      const found = {{}};
      data.state.outcomeVariables.forEach((one) => found[one.identifier] = one.value);
      results.push(found);
      setTimeout(next, 0);
    }},
  }};
  app = new Vue({{render: (h) => h(window.qti3Player, {{on}})}}).$mount(place);
}}
setTimeout(done, {limit});
next();
</script>"""


def cases_of(id: str) -> list[dict[str, Any]]:
    """What a student may give, and what our reader makes of it."""
    made, package = exported(id, "qti3")
    exercise = content.find(id)
    item = made.quiz.items[0]
    parts = scored_parts(item)
    if not parts:
        return []
    reader = package.items[item.slug]
    full, wrong = {}, []
    for n, part in enumerate(parts, 1):
        question = next(q for q in exercise.questions if q.name == part.name)
        assert isinstance(question, Answer)
        asked = judge.expected(Variant(exercise, exercise.params[item.variant]), question)
        full |= right_response(reader, part, n, asked.right)
        ideas = [] if by_choice(reader, part, n) else asked.wrong[:WRONG]
        wrong += [response for _, value in ideas if (response := given(reader, part, n, value))]
    return [case(reader, response) for response in ({}, full, *({**full, **one} for one in wrong))]


def case(reader: Reader, response: dict[str, Any]) -> dict[str, Any]:
    score = reader.scored(response)["SCORE"]
    bound = [
        {"identifier": name, "cardinality": reader.responses[name].facts["cardinality"],
         "value": reader.bound(name, value), "state": None}
        for name, value in response.items()
    ]  # fmt: skip
    xml = etree.tostring(reader.root.markup).decode()
    return {"id": reader.id, "xml": xml, "responses": bound, "score": score, "said": sorted(reader.told())}


@pytest.mark.skipif(not PLAYER, reason="'make test-qti' fetches the player")
@pytest.mark.parametrize("part", range(6))
def test_the_player_scores_every_exercise_as_the_rules_say(part: int, tmp_path: Path) -> None:
    cases = [one for id in IDS[part::6] for one in cases_of(id)]
    written = json.dumps(cases).replace("</", "<\\/")
    player = (Path(PLAYER).resolve() / "node_modules").as_uri()
    page = PAGE.format(player=player, cases=written, limit=SECONDS * 900)
    flags = ("--allow-file-access-from-files", "--dump-dom", f"--virtual-time-budget={SECONDS * 1000}")
    shown = opened(tmp_path, page, *flags, seconds=2 * SECONDS)
    found = re.search(r'<pre id="out">DONE(.*?)END</pre>', shown, re.DOTALL)
    assert found, shown[:500]
    outcomes = json.loads(html.unescape(found[1]))
    stopped = cases[len(outcomes)]["id"] if len(outcomes) < len(cases) else ""
    assert not stopped, f"the player stops at {stopped}"
    for one, outcome in zip(cases, outcomes, strict=True):
        assert float(outcome["SCORE"]) == pytest.approx(one["score"], abs=1e-4), f"{one['id']}: {one['responses']}"
        assert sorted(outcome["FEEDBACK"] or []) == one["said"], one["id"]
