import numpy as np
from keras import layers

# no oracle for claims: facts about the two blocks, not values


def sizes(n, s, k):
    image = np.zeros((1, n, n, 1), "float32")
    whole = layers.Conv2D(1, k, padding="same")(image)
    strided = layers.Conv2D(1, k, strides=s, padding="same")(image)
    pooled = layers.MaxPooling2D(s)(whole)
    return {
        "pooled_side": pooled.shape[1],
        "strided_side": strided.shape[1],
        "pooled_positions": whole.shape[1] * whole.shape[2],
        "strided_positions": strided.shape[1] * strided.shape[2],
    }
