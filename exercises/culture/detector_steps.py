from itertools import combinations

from grader.author import answer, grid, ordering, value, whole

minutes = 5
difficulty = 2
tags = ("culture", "detection")

STEPS = {
    "R-CNN": ("propose", "warp", "cnn_each", "svm", "nms"),
    "Faster R-CNN": ("cnn_once", "rpn", "roi", "head", "nms"),
    "YOLO": ("resize", "cnn_grid", "decode", "multiply", "threshold", "nms"),
}
SPARE = {
    "R-CNN": ("cnn_grid", "rpn", "decode", "caption"),
    "Faster R-CNN": ("propose", "svm", "decode", "caption"),
    "YOLO": ("propose", "rpn", "svm", "caption"),
}

params = grid(detector=list(STEPS), spare=list(combinations(range(4), 2)), images=[20, 30, 50, 80])


@value
def regions(images, spare):
    return 1500 + 100 * sum(spare) + images


@value
def cells(images):
    return 7 if images > 40 else 13


@value
def steps(detector, spare):
    return (*STEPS[detector], *(SPARE[detector][n] for n in spare))


@answer(points=2, rule=ordering("steps"))
def order(detector):
    return STEPS[detector]


@order.misconception
def duplicates_removed_first(order):
    return (order[0], order[-1], *order[1:-1])


@order.misconception
def network_first(order):
    return (order[1], order[0], *order[2:])


@order.misconception
def steps_of_another(detector, steps):
    spare = steps[len(STEPS[detector])]
    return (spare, *STEPS[detector])


@order.misconception
def duplicates_kept(order):
    return order[:-1]


@answer(points=1, rule=whole)
def passes(detector, images, regions):
    return images * regions if detector == "R-CNN" else images


@passes.misconception
def one_for_each_proposal(detector, images, regions):
    return images if detector == "R-CNN" else images * regions


@passes.misconception
def one_for_each_cell(images, cells):
    return images * cells * cells


@passes.misconception
def proposals_of_one_image(regions):
    return regions


@passes.misconception
def two_stages_two_passes(detector, images):
    return 2 * images


@passes.misconception
def one_for_all():
    return 1
