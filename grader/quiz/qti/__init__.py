"""A quiz as a QTI package: a test that draws one variant of each exercise, items that score themselves, a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from grader.model import Lang
from grader.quiz import carry, words
from grader.quiz.canvas import texts
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Group, Quiz
from grader.quiz.packed import zipped
from grader.quiz.policy import Policy
from grader.quiz.qti.items import Written, identifier, items
from grader.quiz.qti.text import html, path
from grader.quiz.qti.version import HEAD, Version

CARRIES = frozenset(KINDS) - {"formula"}
TEST = "test.xml"


def package(v: Version, quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    images = {path(node): node.data for item in quiz.items for text in texts(item) for node in words.images(text)}
    drawn = [
        (group, [_variant(v, quiz.lang, group, n, notes) for n in range(len(group.items))]) for group in quiz.groups
    ]
    written = [one for _, variants in drawn for variant in variants for one in variant]
    files = {f"{one.id}.xml": one.file for one in written}
    files[TEST] = _test(v, quiz, policy, drawn)
    files["imsmanifest.xml"] = _manifest(v, files, images)
    return {f"{quiz.id}-{v.name}.zip": zipped({**files, **images})}


def _variant(v: Version, lang: Lang, group: Group, n: int, notes: Notes) -> list[Written]:
    item = group.items[n]
    parts = [one for part in item.parts for one in carry.nearest(item, part, CARRIES, notes)]
    return list(items(v, item, parts, lang, notes))


def _test(v: Version, quiz: Quiz, policy: Policy, drawn: Sequence[tuple[Group, list[list[Written]]]]) -> bytes:
    zero = v.tag("defaultValue", None, v.tag("value", None, "0"))
    rules = v.tag(
        "rubricBlock", {"use": "instructions", "view": "candidate"}, v.content(f"<p>{_policy(quiz, policy)}</p>")
    )
    sections = "".join(_section(v, group, variants) for group, variants in drawn)
    root = v.tag("assessmentSection", {"identifier": "ALL", "title": quiz.title, "visible": True}, rules, sections)
    session = v.tag("itemSessionControl", {"maxAttempts": 1, "showFeedback": True})
    mode: dict[str, object] = {"identifier": "PART", "navigationMode": "nonlinear", "submissionMode": "individual"}
    scores = v.tag("sum", None, v.tag("testVariables", {"variableIdentifier": "SCORE"}))
    return v.document(
        "assessmentTest",
        {"identifier": identifier(quiz.id), "title": quiz.title},
        v.tag("outcomeDeclaration", {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}, zero),
        v.tag("testPart", mode, session, root),
        v.tag("outcomeProcessing", None, v.set("SCORE", scores)),
    )


def _policy(quiz: Quiz, policy: Policy) -> str:
    return escape(policy.said(quiz.lang), quote=False)


def _section(v: Version, group: Group, variants: list[list[Written]]) -> str:
    """One variant of the exercise: its items stay together."""
    inside = []
    for n, variant in enumerate(variants, 1):
        refs = "".join(v.tag("assessmentItemRef", {"identifier": one.id, "href": f"{one.id}.xml"}) for one in variant)
        facts: dict[str, object] = {
            "identifier": f"{identifier(group.exercise)}-{n}", "title": group.title, "visible": False,
            "keepTogether": True,
        }  # fmt: skip
        inside.append(refs if len(variant) == 1 else v.tag("assessmentSection", facts, refs))
    one: dict[str, object] = {"identifier": identifier(group.exercise), "title": group.title, "visible": True}
    return v.tag("assessmentSection", one, v.tag("selection", {"select": 1}), *inside)


def _manifest(v: Version, files: dict[str, bytes], images: dict[str, bytes]) -> bytes:
    item_ids = [name.removesuffix(".xml") for name in files if name != TEST]
    pictures = {name: f"FILE_{n}" for n, name in enumerate(sorted(images), 1)}
    resources = [_resource("TEST", f"imsqti_test_xmlv{v.short}", TEST, item_ids)]
    for name in item_ids:
        file = files[f"{name}.xml"].decode()
        used = [ident for picture, ident in pictures.items() if f'src="{picture}"' in file]
        resources.append(_resource(name, f"imsqti_item_xmlv{v.short}", f"{name}.xml", used))
    resources += [_resource(ident, "webcontent", name, ()) for name, ident in pictures.items()]
    return (
        HEAD
        + (
            f'<manifest xmlns="{v.package}" identifier="MANIFEST"><metadata><schema>{v.package_schema}</schema>'
            f"<schemaversion>{v.package_version}</schemaversion></metadata><organizations/>"
            f"<resources>{''.join(resources)}</resources></manifest>\n"
        ).encode()
    )


def _resource(ident: str, kind: str, href: str, needs: Sequence[str]) -> str:
    dependencies = "".join(f'<dependency identifierref="{one}"/>' for one in needs)
    return f'<resource identifier="{ident}" type="{kind}" href="{href}"><file href="{href}"/>{dependencies}</resource>'


__all__ = ["CARRIES", "html", "identifier", "package", "zipped"]
