from math import ceil, log2

import numpy as np

from grader.author import answer, grid, matching, value

minutes = 7
difficulty = 2
tags = ("basics", "loss", "softmax", "labels")

params = grid(seed=range(80))

# A card: what its labels are, and how many outputs it needs. In the order in which the words list them.
CARDS = {
    "price": ("regression", 1),
    "digits": ("onehot", 10),
    "spam": ("binary", 1),
    "genres": ("multi", 18),
    "signs": ("sparse", 43),
    "age": ("regression", 1),
    "letters": ("onehot", 26),
    "lungs": ("multi", 14),
    "defect": ("binary", 1),
    "birds": ("sparse", 200),
    "box": ("regression", 4),
    "clothes": ("sparse", 12),
    "beach": ("multi", 20),
    "pets": ("binary", 1),
    "languages": ("onehot", 30),
}
HEAD = {
    "sparse": "softmax_sparse",
    "onehot": "softmax_onehot",
    "binary": "sigmoid_one",
    "multi": "sigmoid_many",
    "regression": "linear",
}
HEADS = (*HEAD.values(), "softmax_one", "sigmoid_classes")
ROWS = ("card_1", "card_2", "card_3", "card_4", "card_5")


@value
def cards(seed):
    """One card of each kind of labels, in the order of the words."""
    rng = np.random.default_rng([seed, len(CARDS)])
    chosen = {rng.choice([name for name, (kind, _) in CARDS.items() if kind == wanted]).item() for wanted in HEAD}
    return [name for name in CARDS if name in chosen]


@value
def counted(cards, seed):
    """The place, from 1, of the card whose outputs are counted."""
    several = [k for k, name in enumerate(cards, 1) if CARDS[name][0] in ("sparse", "onehot", "multi")]
    return several[seed % len(several)]


@answer(points=3, rule=matching(left=ROWS, right=HEADS))
def heads(cards):
    return chosen_heads(cards)


def chosen_heads(cards, **instead):
    return {row: instead.get(CARDS[name][0], HEAD[CARDS[name][0]]) for row, name in zip(ROWS, cards, strict=True)}


@heads.misconception
def label_formats_swapped(cards):
    return chosen_heads(cards, sparse="softmax_onehot", onehot="softmax_sparse")


@heads.misconception
def softmax_of_one(cards):
    return chosen_heads(cards, binary="softmax_one")


@heads.misconception
def labels_exclusive(cards):
    return chosen_heads(cards, multi="softmax_onehot")


@heads.misconception
def class_number_measured(cards):
    return chosen_heads(cards, sparse="linear")


@heads.misconception
def classes_independent(cards):
    return chosen_heads(cards, onehot="sigmoid_classes")


@heads.misconception
def number_squashed(cards):
    return chosen_heads(cards, regression="sigmoid_one")


@answer(points=1)
def units(cards, counted):
    return CARDS[cards[counted - 1]][1]


@units.misconception
def single_output(cards):
    return 1


@units.misconception
def binary_code(cards, counted):
    return ceil(log2(CARDS[cards[counted - 1]][1]))


@units.misconception
def last_class_saved(cards, counted):
    return CARDS[cards[counted - 1]][1] - 1


@units.misconception
def class_for_nothing(cards, counted):
    return CARDS[cards[counted - 1]][1] + 1


@units.misconception
def yes_and_no(cards, counted):
    return 2 * CARDS[cards[counted - 1]][1]
