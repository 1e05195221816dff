import keras
from keras import layers


def trace(code, named):
    """Builds the network as it is printed."""
    network = eval(code, {"keras": keras, "layers": layers})
    sides = {name: network.get_layer(name).output.shape[1] for name in named}
    flattened = network.get_layer("flatten")
    return {**sides, "maps": flattened.input.shape[-1], "flatten": flattened.output.shape[-1]}
