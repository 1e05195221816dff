from keras import layers


def output(clip, kernel, strides, filters):
    layer = layers.Conv3D(filters, kernel_size=kernel, strides=strides, padding="valid")
    return layer.compute_output_shape((1, *clip, 3))[1:]


def weights(clip, kernel, filters):
    layer = layers.Conv3D(filters, kernel_size=kernel, padding="valid", use_bias=False)
    layer.build((None, *clip, 3))
    return layer.count_params() // filters
