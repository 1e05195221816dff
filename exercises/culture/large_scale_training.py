from grader.author import answer, choice, decimal, grid, value, whole

minutes = 7
difficulty = 2
tags = ("culture", "history", "training")

params = grid(
    lambda images, gpus, per_gpu, **_: images % (gpus * per_gpu) != 0,
    images=[50_000, 60_000, 200_000, 1_000_000],
    gpus=[4, 8, 16],
    per_gpu=[24, 48, 96],
    efficiency=[70, 80, 90],
)


@value
def hours(images):
    return 24 if images < 100_000 else 96


@answer(points=1, rule=whole)
def batch(gpus, per_gpu):
    return gpus * per_gpu


@batch.misconception
def one_gpu(per_gpu):
    return per_gpu


@batch.misconception
def shared_out(gpus, per_gpu):
    return per_gpu // gpus


@batch.misconception
def added(gpus, per_gpu):
    return gpus + per_gpu


@batch.misconception
def squared(gpus, per_gpu):
    return gpus * gpus * per_gpu


@answer(points=1, rule=whole)
def updates(images, batch):
    return -(-images // batch)


@updates.misconception
def of_one_gpu(images, per_gpu):
    return -(-images // per_gpu)


@updates.misconception
def incomplete_dropped(images, batch):
    return images // batch


@updates.misconception
def share_of_each(images, gpus):
    return images // gpus


@updates.misconception
def divided_twice(images, batch, gpus):
    return -(-images // (batch * gpus))


@answer(points=1, rule=decimal(2))
def time(hours, gpus, efficiency):
    return hours / (gpus * efficiency / 100)


@time.misconception
def perfect(hours, gpus):
    return hours / gpus


@time.misconception
def efficiency_multiplies(hours, gpus, efficiency):
    return hours / gpus * efficiency / 100


@time.misconception
def efficiency_only(hours, efficiency):
    return hours * efficiency / 100


@time.misconception
def one_gpu_less(hours, gpus, efficiency):
    return hours / ((gpus - 1) * efficiency / 100)


@answer(points=1, rule=choice("gradients", "images", "accuracies", "nothing"))
def exchanged():
    return "gradients"


@exchanged.misconception
def data_moved():
    return "images"


@exchanged.misconception
def merged_at_the_end():
    return "nothing"
