import os
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

warnings.filterwarnings("ignore", message="You are using a softmax over axis")  # one of the heads tried

TRIED = {
    "softmax_sparse": ("softmax", "sparse_categorical_crossentropy"),
    "softmax_onehot": ("softmax", "categorical_crossentropy"),
    "sigmoid_one": ("sigmoid", "binary_crossentropy"),
    "sigmoid_many": ("sigmoid", "binary_crossentropy"),
    "linear": ("linear", "mse"),
    "softmax_one": ("softmax", "binary_crossentropy"),
    "sigmoid_classes": ("sigmoid", "categorical_crossentropy"),
}
ONE = {"sigmoid_one", "softmax_one"}
SEVERAL = {"softmax_sparse", "softmax_onehot", "sigmoid_many", "sigmoid_classes"}
NUMBER, YES, MANY = [[3.5], [-1.0]], [[1.0], [0.0]], [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
INDEX, HOT = [2, 0], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
EXAMPLES = {  # two labels as the card describes them
    **dict.fromkeys(("price", "age"), NUMBER),
    "box": [[2.0, -7.0, 3.0, 0.5], [0.0, 4.0, 1.0, 1.0]],
    **dict.fromkeys(("digits", "letters", "languages"), HOT),
    **dict.fromkeys(("spam", "defect", "pets"), YES),
    **dict.fromkeys(("genres", "lungs", "beach"), MANY),
    **dict.fromkeys(("signs", "birds", "clothes"), INDEX),
}


def fits(head, labels):
    """Whether the head can say each label, says nothing that cannot be, and is told so by a loss near 0."""
    activation, loss = TRIED[head]
    labels = np.array(labels)
    target = np.eye(3)[labels] if labels.ndim == 1 else labels
    width = target.shape[1]
    if (head in ONE and width > 1) or (head in SEVERAL and width == 1):
        return False
    layer = keras.layers.Activation(activation)

    def out(logits):
        return layer(keras.ops.convert_to_tensor(logits.astype("float32"))).numpy(force=True)

    logits = target if activation == "linear" else 30 * (2 * target - 1)
    reached = out(logits)
    try:
        cost = float(keras.ops.mean(keras.losses.get(loss)(labels, reached)))
    except (ValueError, RuntimeError):  # labels that this loss refuses
        return False
    anything = out(np.array([[9.0, 2.0, -5.0, 0.3][:width]]))
    possible = True
    if set(target.ravel()) <= {0.0, 1.0}:
        possible &= bool((anything >= 0).all() and (anything <= 1).all())
        if width > 1 and (target.sum(1) == 1).all():
            possible &= bool(abs(anything.sum() - 1) < 1e-5)
    return possible and cost < 1e-3 and bool(np.allclose(reached, target, atol=1e-3))


KNOWN = {}


def heads(cards):
    found = {}
    for k, card in enumerate(cards, 1):
        if card not in KNOWN:
            right = [head for head in TRIED if fits(head, EXAMPLES[card])]
            KNOWN[card] = right[0] if len(right) == 1 else right
        found[f"card_{k}"] = KNOWN[card]
    return found


# no oracle for units: one output for each class or label is what these losses define, and the words give the number
