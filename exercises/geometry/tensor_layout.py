from grader.author import answer, grid, shape

minutes = 5
difficulty = 2
tags = ("geometry", "tensors", "keras", "pytorch")

params = grid(
    size=[(48, 64), (32, 40), (60, 45), (72, 96)],
    images=[16, 50, 128],
    kernel=[(3, 5), (5, 3), (7, 3)],
    filters=[12, 24],
    classes=[10, 43],
)


@answer(points=1, rule=shape)
def keras_images(images, size):
    return images, *size, 3


@keras_images.misconception
def channels_first(images, size):
    return images, 3, *size


@keras_images.misconception
def width_first(images, size):
    return images, size[1], size[0], 3


@keras_images.misconception
def batch_forgotten(size):
    return *size, 3


@answer(points=1, rule=shape)
def torch_images(images, size):
    return images, 3, *size


@torch_images.misconception
def channels_last(images, size):
    return images, *size, 3


@torch_images.misconception
def channels_before_batch(images, size):
    return 3, images, *size


@torch_images.misconception
def width_before_height(images, size):
    return images, 3, size[1], size[0]


@answer(points=1, rule=shape)
def keras_kernel(kernel, filters):
    return *kernel, 3, filters


@keras_kernel.misconception
def filters_first(kernel, filters):
    return filters, 3, *kernel


@keras_kernel.misconception
def filters_before_channels(kernel, filters):
    return *kernel, filters, 3


@keras_kernel.misconception
def depth_forgotten(kernel, filters):
    return *kernel, filters


@answer(points=1, rule=shape)
def torch_kernel(kernel, filters):
    return filters, 3, *kernel


@torch_kernel.misconception
def as_in_keras(kernel, filters):
    return *kernel, 3, filters


@torch_kernel.misconception
def input_channels_first(kernel, filters):
    return 3, filters, *kernel


@torch_kernel.misconception
def no_depth(kernel, filters):
    return filters, *kernel


@answer(points=1, rule=shape)
def labels(images, classes):
    return images, classes


@labels.misconception
def one_number_each(images):
    return (images,)


@labels.misconception
def a_column(images):
    return images, 1


@labels.misconception
def turned(images, classes):
    return classes, images
