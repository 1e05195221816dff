from functools import cache

import numpy as np

from grader.author import answer, choice, grid, matching, value

minutes = 4
difficulty = 1
tags = ("culture", "detection", "segmentation")

params = grid(seed=range(80))

TASKS = ("classification", "detection", "semantic", "instance")
ELSEWHERE = ("regression", "generation", "keypoints")
CARDS = {task: tuple(f"{task}_{n}" for n in range(1, 4)) for task in (*TASKS, *ELSEWHERE)}


@cache
def drawn(seed):
    """One card for each task, and the cards of two tasks that are none of the four."""
    rng = np.random.default_rng([seed, 2])
    right = {task: str(rng.choice(CARDS[task])) for task in TASKS}
    others = [str(rng.choice(CARDS[task])) for task in rng.choice(ELSEWHERE, 2, replace=False)]
    return right, tuple(others)


@value
def cards(seed):
    right, others = drawn(seed)
    return (*right.values(), *others)


@value
def image(seed):
    rng = np.random.default_rng([seed, 3])
    return int(rng.choice([240, 320, 480, 600])), int(rng.choice([360, 640, 800]))


@value
def classes(seed):
    return (7, 12, 19, 21, 80)[seed % 5]


@value
def returned(seed, image, classes):
    """What a network of the task in question returns for one image."""
    h, w = image
    return {
        "classification": f"scores ({classes},)",
        "detection": "boxes (n, 4), classes (n,), scores (n,)",
        "semantic": f"scores ({h}, {w}, {classes})",
        "instance": f"masks (n, {h}, {w}), classes (n,), scores (n,)",
    }[TASKS[seed % 4]]


@answer(points=2, rule=matching(left=TASKS, right="cards"))
def situations(seed):
    return drawn(seed)[0]


def swapped(situations, one, other):
    return {**situations, one: situations[other], other: situations[one]}


@situations.misconception
def boxes_for_masks(situations):
    return swapped(situations, "detection", "instance")


@situations.misconception
def objects_not_told_apart(situations):
    return swapped(situations, "semantic", "instance")


@situations.misconception
def where_forgotten(situations):
    return swapped(situations, "classification", "detection")


@situations.misconception
def regions_boxed(situations):
    return swapped(situations, "detection", "semantic")


@answer(points=1, rule=choice("classify", "detect", "segment", "segment_instances"))
def task(seed):
    return ("classify", "detect", "segment", "segment_instances")[seed % 4]


@task.misconception
def pixels_ignored(task):
    return "detect" if task == "classify" else "classify"


@task.misconception
def masks_for_boxes(task):
    return {"detect": "segment_instances", "segment_instances": "detect", "segment": "segment_instances"}.get(
        task, "segment"
    )
