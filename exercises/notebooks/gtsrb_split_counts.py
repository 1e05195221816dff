from grader.author import answer, decimal, grid, value, whole

minutes = 6
difficulty = 2
tags = ("notebooks", "gtsrb", "data")

params = grid(
    scale=[0.03, 0.05, 0.07, 0.15, 0.25, 0.35],
    share=[0.15, 0.2, 0.3],
    largest=[71, 73, 74, 75],
    smallest=[7],
)

IMAGES = 39209
FRAMES = 30


@value
def images():
    return IMAGES


@value
def frames():
    return FRAMES


@value
def most(largest):
    return largest * FRAMES


@value
def tracks_kept(share, largest):
    return int(largest * share)


@answer(points=1, rule=whole)
def subset(scale):
    return int(IMAGES * scale)


@subset.misconception
def rounded_up(scale):
    return int(IMAGES * scale) + 1


@subset.misconception
def whole_tracks(scale):
    return int(IMAGES * scale) // FRAMES * FRAMES


@subset.misconception
def what_is_left(scale):
    return IMAGES - int(IMAGES * scale)


@subset.misconception
def tenth(scale):
    return int(IMAGES * scale / 10)


@answer(points=1, rule=whole)
def validation(tracks_kept):
    return tracks_kept * FRAMES


@validation.misconception
def share_of_photos(share, most):
    return int(most * share)


@validation.misconception
def tracks_for_photos(tracks_kept):
    return tracks_kept


@validation.misconception
def training_part(tracks_kept, most):
    return most - tracks_kept * FRAMES


@validation.misconception
def one_track_more(tracks_kept):
    return (tracks_kept + 1) * FRAMES


@answer(points=1, rule=decimal(2))
def imbalance(largest, smallest):
    return largest / smallest


@imbalance.misconception
def upside_down(largest, smallest):
    return smallest / largest


@imbalance.misconception
def share_of_the_two(largest, smallest):
    return largest / (largest + smallest)


@imbalance.misconception
def difference(largest, smallest):
    return float(largest - smallest)


@imbalance.misconception
def photos_over_tracks(most, smallest):
    return most / smallest
