from grader.author import answer, grid, value

minutes = 5
difficulty = 1
tags = ("basics", "training")

params = grid(
    total=[8000, 10000, 40000, 50000, 60000, 75000],
    held_out=[10, 20],
    batch=[32, 64, 100, 128, 512],
    epochs=[5, 12, 16],
)


@value
def train(total, held_out):
    return total - total * held_out // 100


@answer(points=1)
def steps(train, batch):
    return -(train // -batch)


@steps.misconception
def partial_batch_miscounted(train, batch):
    return train // batch if train % batch else train // batch + 1


@steps.misconception
def split_forgotten(total, batch):
    return -(total // -batch)


@steps.misconception
def validation_counted(total, train, batch):
    return -((total - train) // -batch)


@steps.misconception
def batch_given(batch):
    return batch


@steps.misconception
def one_image_a_step(train):
    return train


@answer(points=1)
def last_batch(train, batch):
    return train % batch or batch


@last_batch.misconception
def remainder_misread(train, batch):
    """Nothing left over is no empty batch; and what is left over is what is in it, not what it lacks."""
    return batch - train % batch if train % batch else 0


@last_batch.misconception
def split_ignored(total, batch):
    return total % batch or batch


@last_batch.misconception
def quotient_given(train, batch):
    return train // batch


@last_batch.misconception
def of_validation(total, train, batch):
    return (total - train) % batch or batch


@answer(points=1)
def updates(steps, epochs):
    return steps * epochs


@updates.misconception
def rounded_wrongly(train, batch, epochs):
    return (train // batch if train % batch else train // batch + 1) * epochs


@updates.misconception
def whole_set(total, batch, epochs):
    return -(total // -batch) * epochs


@updates.misconception
def one_update_an_epoch(epochs):
    return epochs


@updates.misconception
def one_epoch(steps):
    return steps


@updates.misconception
def one_update_an_image(train, epochs):
    return train * epochs
