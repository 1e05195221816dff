from grader.author import answer, grid, task

minutes = 8
difficulty = 2
tags = ("geometry", "cnn")

# Half the kernel or all of it but one pixel: with less, one side of the padding weighs as much as the first position.
params = grid(
    lambda k, p, **_: p in (k // 2, k - 1),
    n=[28, 32, 45, 50, 64, 96],
    k=[3, 4, 5, 7, 9, 11],
    s=[2, 3, 4],
    p=range(1, 11),
    filters=[6, 8],
)


@answer(points=1)
def size(n, k, s, p):
    return (n + 2 * p - k) // s + 1


@size.misconception
def padding_once(n, k, s, p):
    return (n + p - k) // s + 1


@size.misconception
def stride_ignored(n, k, p):
    return n + 2 * p - k + 1


@size.misconception
def last_position_forgotten(n, k, s, p):
    return (n + 2 * p - k) // s


@size.misconception
def kernel_ignored(n, s, p):
    return (n + 2 * p) // s


@size.misconception
def rounded_up(n, k, s, p):
    return -((n + 2 * p - k) // -s) + 1


@size.misconception
def counted_channels(filters):
    return filters


@task(points=2)
def conv_output_size(n, k, s=1, p=0):
    raise NotImplementedError


@conv_output_size.check
def same_padding(conv_output_size):
    assert conv_output_size(8, 3, s=1, p=1) == 8


@conv_output_size.hidden_check
def floors(conv_output_size):
    assert conv_output_size(7, 2, s=2, p=0) == 3
    assert conv_output_size(10, 3, s=4, p=0) == 2


@conv_output_size.hidden_check
def both_sides(conv_output_size):
    assert conv_output_size(9, 5, s=1, p=2) == 9
    assert conv_output_size(12, 3, s=2, p=2) == 7


@conv_output_size.hidden_check
def has_defaults(conv_output_size):
    assert conv_output_size(5, 3) == 3
    assert conv_output_size(9, 3, s=2) == 4
    assert conv_output_size(6, 5, p=1) == 4


@conv_output_size.hidden_check(weight=2)
def holds_for_other_images(conv_output_size):
    assert conv_output_size(15, 4, s=3, p=1) == 5
    assert conv_output_size(224, 7, s=2, p=3) == 112
    assert conv_output_size(227, 11, s=4, p=0) == 55
    assert conv_output_size(6, 6, s=3, p=0) == 1
