"""What was found, in words of evidence: they say what agrees, and never what somebody did."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.integrity.code import Alike
from grader.integrity.neighbours import Hit
from grader.integrity.runs import Same
from grader.model import Lang
from grader.render import fixed, number, typography

SHOWN = 60  # characters of an answer
NAMED = 3  # students named in one sentence
REFERENCE = {"fr": "la solution de référence", "en": "the reference solution"}


def answer(lang: Lang, name: str, others: Sequence[str], hit: Hit) -> str:
    said = shortened(hit.said)
    whose = several(lang, others)
    if lang == "fr":
        many = f"elle serait juste pour {hit.held} des {hit.others} autres copies"
        text = f"{hit.key} : la réponse {de(name)} ({said}), fausse pour ses propres nombres, est exactement celle"
        return typography(f"{text} que demandaient les nombres {de(whose)} ; {many}.", lang)
    text = (
        f"{hit.key}: the answer of {name} ({said}), wrong for their own numbers, is exactly the one that the numbers of"
    )
    return f"{text} {whose} asked for; it would be right for {hit.held} of the {hit.others} other copies."


def alike(lang: Lang, name: str, other: str, one: Alike) -> str:
    share = fixed(100 * one.share, 0, lang)
    if lang == "fr":
        with_whom = f"le code {de(name)} et celui {de(other)}" if other else f"le code {de(name)} et {REFERENCE['fr']}"
        rest = "une fois les noms, les commentaires, le code distribué et ce que beaucoup écrivent mis de côté"
        return typography(
            f"{one.question} : {with_whom} ont en commun {share}\u202f% de ce qui leur est propre"
            f" ({one.length} caractères), {rest}.",
            lang,
        )
    with_whom = f"the code of {name} and that of {other}" if other else f"the code of {name} and {REFERENCE['en']}"
    rest = "once names, comments, the code handed out and what many write are set aside"
    return f"{one.question}: {with_whom} share {share}% of what is their own ({one.length} characters), {rest}."


def same(lang: Lang, name: str, other: str, one: Same) -> str:
    if one.kind == "file":
        return (
            f"Les fichiers rendus par {name} et par {other} sont identiques à l’octet près."
            if lang == "fr"
            else f"The files handed in by {name} and by {other} are the same to the byte."
        )
    if lang == "fr":
        what = (
            f"les poids rendus par {name} et par {other} sont identiques jusqu'au dernier chiffre"
            if one.kind == "weights"
            else f"les exécutions {de(name)} et {de(other)} affichent les mêmes nombres jusqu'au dernier chiffre"
        )
        shown = f" ({', '.join(one.examples)}…)" if one.examples else ""
        why = " ; les deux codes fixent une graine : un même code donne alors les mêmes nombres" if one.seeded else ""
        return typography(f"{one.question} : {what}{shown}{why}.", lang)
    what = (
        f"the weights handed in by {name} and by {other} are the same to the last digit"
        if one.kind == "weights"
        else f"the runs of {name} and of {other} print the same numbers to the last digit"
    )
    shown = f" ({', '.join(one.examples)}…)" if one.examples else ""
    why = "; both codes fix a seed, and the same code then gives the same numbers" if one.seeded else ""
    return f"{one.question}: {what}{shown}{why}."


def probability(lang: Lang, chance: float, expected: float, exercises: int) -> str:
    if lang == "fr":
        text = f"Des réponses à {exercises} exercices désignent cette même copie. La probabilité que le hasard en fasse"
        text += (
            f" autant est {odds(lang, chance)} ; dans toute la classe, il donnerait en moyenne {few(lang, expected)}"
        )
        return typography(f"{text} paire de ce genre.", lang)
    text = f"Answers to {exercises} exercises point to this one copy. The probability that chance does as much is"
    return f"{text} {odds(lang, chance)}; in the whole class it would give {few(lang, expected)} such pairs on average."


def background(lang: Lang, hits: int, wrong: int) -> str:
    many, of = number(hits, lang), number(wrong, lang)
    if lang == "fr":
        text = f"Réponses fausses qu'aucune idée connue n'explique : {of}, dont {many} justes pour une autre copie"
        return typography(f"{text}. Isolée, une telle réponse ne dit rien.", lang)
    text = f"Wrong answers that no known idea explains: {of}, of which {many} are right for another copy"
    return f"{text}. Alone, such an answer says nothing."


def unread(lang: Lang, names: Sequence[str]) -> str:
    who = several(lang, names)
    if lang == "fr":
        return typography(
            f"Leur notebook n'a pas pu être lu, et leur code n'a été comparé à aucun autre : {who}.", lang
        )
    return f"Their notebook could not be read, and their code was compared with no other: {who}."


OFF = {
    "fr": "Le cours a désactivé ces comparaisons (integrity = false dans course.toml).",
    "en": "The course turned these comparisons off (integrity = false in course.toml).",
}
NOTHING = {
    "fr": "Rien ne désigne une autre copie au-delà de ce que donne le hasard.",
    "en": "Nothing points to another copy beyond what chance gives.",
}


def odds(lang: Lang, chance: float) -> str:
    """One in how many, to two figures."""
    if chance > 0.1:
        share = fixed(100 * chance, 0, lang)
        return f"de {share}\u202f%" if lang == "fr" else f"{share}%"
    many = 1 / max(chance, 1e-300)
    if many > 1e9:
        return "inférieure à une sur un milliard" if lang == "fr" else "less than one in a billion"
    digits = 10 ** max(0, len(str(int(many))) - 2)
    rounded = number(int(many // digits * digits), lang)
    return f"d'une sur {rounded}" if lang == "fr" else f"one in {rounded}"


def few(lang: Lang, expected: float) -> str:
    if expected >= 0.001:
        return fixed(expected, 3, lang)
    return "moins de 0,001" if lang == "fr" else "fewer than 0.001"


def de(name: str) -> str:
    """``d'Ada``, ``de Zoé``; a code is spelled, and never elided."""
    return f"d'{name}" if re.match("[AEIOUÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ][^\\W\\d_A-Z]", name) else f"de {name}"


def several(lang: Lang, names: Sequence[str]) -> str:
    """``Ada, Emmy``, ``Ada, Emmy, Zoé et 4 autres``."""
    more = len(names) - NAMED
    if more <= 0:
        return ", ".join(names)
    rest = ("autres" if more > 1 else "autre") if lang == "fr" else ("others" if more > 1 else "other")
    return f"{', '.join(names[:NAMED])} {'et' if lang == 'fr' else 'and'} {more} {rest}"


def shortened(said: str) -> str:
    return said if len(said) <= SHOWN else said[: SHOWN - 1] + "…"
