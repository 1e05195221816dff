from grader.author import answer, decimal, grid, value

minutes = 8
difficulty = 3
tags = ("cost", "memory", "cnn")

params = grid(side=[32, 48, 64, 80, 96], filters=[12, 16, 24, 32], batch=[32, 64, 128], budget=[1, 2])


def sizes(side, filters, shrinks=True):
    """How many values each layer puts out for one image."""
    half, quarter = (side // 2, side // 4) if shrinks else (side, side)
    return (
        side * side * filters,
        half * half * filters,
        half * half * 2 * filters,
        quarter * quarter * 2 * filters,
    )


@value
def outputs(side, filters):
    return sizes(side, filters)


@value
def per_image(outputs):
    return sum(outputs)


@answer(points=1, rule=decimal(rtol=0.01))
def first(outputs, batch):
    return batch * outputs[0] * 4 / 2**20


@first.misconception
def megabytes(outputs, batch):
    return batch * outputs[0] * 4 / 1e6


@first.misconception
def batch_forgotten(outputs):
    return outputs[0] * 4 / 2**20


@first.misconception
def bits(outputs, batch):
    return batch * outputs[0] * 32 / 2**20


@first.misconception
def values_counted(outputs, batch):
    return batch * outputs[0] / 2**20


@first.misconception
def image_for_maps(side, batch):
    return batch * side * side * 3 * 4 / 2**20


@answer(points=1, rule=decimal(rtol=0.01))
def everything(per_image, batch):
    return batch * per_image * 4 / 2**20


@everything.misconception
def convolutions_only(outputs, batch):
    return batch * (outputs[0] + outputs[2]) * 4 / 2**20


@everything.misconception
def pooling_keeps_size(side, filters, batch):
    return batch * sum(sizes(side, filters, shrinks=False)) * 4 / 2**20


@everything.misconception
def last_layer_only(outputs, batch):
    return batch * outputs[3] * 4 / 2**20


@everything.misconception
def in_megabytes(per_image, batch):
    return batch * per_image * 4 / 1e6


@everything.misconception
def single_image(per_image):
    return per_image * 4 / 2**20


@answer(points=1)
def largest_batch(per_image, budget):
    return budget * 2**30 // (4 * per_image)


@largest_batch.misconception
def decimal_budget(per_image, budget):
    return budget * 10**9 // (4 * per_image)


@largest_batch.misconception
def rounded_up(per_image, budget):
    return -(-budget * 2**30 // (4 * per_image))


@largest_batch.misconception
def one_byte_each(per_image, budget):
    return budget * 2**30 // per_image


@largest_batch.misconception
def bits_for_bytes(per_image, budget):
    return budget * 2**30 // (32 * per_image)


@largest_batch.misconception
def largest_layer_only(outputs, budget):
    return budget * 2**30 // (4 * outputs[0])
