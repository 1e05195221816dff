from keras import layers as keras_layers


def least(layers):
    return smallest(layers, 1)


def for_two(layers):
    return smallest(layers, 2)


def smallest(layers, wanted):
    """Tries one side after another, from too small a one, until the real network gives the wanted side."""
    network = [
        keras_layers.Conv2D(1, size, strides=stride) if filters else keras_layers.MaxPooling2D(size)
        for size, stride, *filters in layers
    ]
    side = 4
    while side_after(network, side) < wanted:
        side += 1
    return side


def side_after(network, side):
    shape = (1, side, side, 1)
    try:
        for layer in network:
            shape = layer.compute_output_shape(shape)
            if shape[1] < 1:
                return 0
    except ValueError:  # the kernel no longer fits
        return 0
    return shape[1]
