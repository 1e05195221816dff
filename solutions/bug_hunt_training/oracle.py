"""Runs each script (PyTorch for real, Keras recorded call by call) and sees which line, once put right, mends it."""

import sys
from unittest.mock import MagicMock

import torch

RIGHT = {
    "optimizer =": "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)",
    "    model.train": "    model.train()",
    "        loss = ": "        loss = loss_fn(model(x), y)",
    "        optimizer.step": "        optimizer.step()",
    "        loss.": "        loss.backward()",
    "    if score": "    if score < best:",
    "        scores": "        scores = [loss_fn(model(x), y).item() for x, y in val_loader]",
    "base.trainable": "base.trainable = False",
    "stop =": "stop = keras.callbacks.EarlyStopping('val_loss', patience={patience}, restore_best_weights=True)",
    "save =": "save = keras.callbacks.ModelCheckpoint('best.keras', monitor='val_accuracy', mode='max', save_best_only=True)",
    "model.fit": "model.fit(x_train, y_train, epochs={epochs}, validation_data=(x_val, y_val), callbacks=[stop, save])",
    "loss, accuracy": "loss, accuracy = best.evaluate(x_test, y_test)",
}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dropout, self.dense = torch.nn.Dropout(0.5), torch.nn.Linear(4, 3)

    def forward(self, x):
        return self.dense(self.dropout(x))


def with_torch(lines):
    """The weights saved at each improvement, and those at the end."""
    torch.manual_seed(0)
    saved = []
    data = [(torch.randn(6, 4), torch.arange(6) % 3) for _ in range(4)]
    names = {"Net": Net, "train_loader": data[:3], "val_loader": data[3:], "print": lambda *_: None}
    save, torch.save = torch.save, lambda state, path: saved.append({k: v.clone() for k, v in state.items()})
    try:
        exec("\n".join(lines), names)
    except RuntimeError:  # a graph freed twice, for instance
        return None
    finally:
        torch.save = save
    return [torch.cat([v.flatten() for v in state.values()]) for state in [*saved, names["model"].state_dict()]]


def with_keras(lines):
    """Every call, with its arguments, and what is frozen at the time of compiling."""
    keras = MagicMock()
    keras.models.load_model.return_value.evaluate.return_value = (0.0, 0.0)
    before = {name: sys.modules.get(name) for name in ("keras", "keras.layers")}
    sys.modules.update({"keras": keras, "keras.layers": keras.layers})
    names = {name: name for name in ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test")}
    try:
        exec("\n".join(lines), {**names, "print": lambda *_: None})
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    calls = [
        (name, [a for a in args if isinstance(a, str | tuple)], {k: v for k, v in kw.items() if k != "callbacks"})
        for name, args, kw in keras.mock_calls
    ]
    return str(calls), keras.models.load_model.return_value.trainable


def same(one, other):
    if not isinstance(one, list) or not isinstance(other, list):
        return isinstance(one, tuple) and one == other
    return len(one) == len(other) and all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def repaired(row, sizes):
    if row.strip() == "optimizer.state_dict()":
        return "        optimizer.zero_grad()"
    if row.startswith("    model.eval") or row == "    model.train(True)":
        return "    model.eval()"
    if "set_to_none" in row:
        return "        optimizer.step()"
    return next((right.format(**sizes) for start, right in RIGHT.items() if row.startswith(start)), row)


def line(lines, sizes):
    run = with_torch if any(row.startswith("import torch") for row in lines) else with_keras
    good = [repaired(row, sizes) for row in lines]
    wanted = run(good)
    assert wanted is not None and not same(run(lines), wanted)
    mended = [
        n for n, row in enumerate(good) if row != lines[n] and same(run([*lines[:n], row, *lines[n + 1 :]]), wanted)
    ]
    assert len(mended) == 1, mended
    return mended[0] + 1


# no oracle for cause: a word for the kind of error, read from the line that the oracle of `line` finds
