from grader.author import answer, choice, grid, value, whole

minutes = 5
difficulty = 3
tags = ("notebooks", "bug hunt", "training")

# Each script is right; BUGS replaces one of its lines by another. Bugs are a finite list, moved by lines that do nothing.
SCRIPTS = {
    "torch": """import torch
from torch import nn
model = Net()
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
best = float('inf')
for epoch in range(<epochs>):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        scores = [loss_fn(model(x), y).item() for x, y in val_loader]
    score = sum(scores) / len(scores)
    if score < best:
        best = score
        torch.save(model.state_dict(), 'best.pt')""",
    "keras": """import keras
from keras import layers
base = keras.models.load_model('base.keras')
base.trainable = False
model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(<classes>, activation='softmax')])
model.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])
stop = keras.callbacks.EarlyStopping('val_loss', patience=<patience>, restore_best_weights=True)
save = keras.callbacks.ModelCheckpoint('best.keras', monitor='val_accuracy', mode='max', save_best_only=True)
model.fit(x_train, y_train, epochs=<epochs>, validation_data=(x_val, y_val), callbacks=[stop, save])
best = keras.models.load_model('best.keras')
loss, accuracy = best.evaluate(x_test, y_test)
print(accuracy)""",
}
BUGS = {
    "no_zero_grad": ("torch", "        optimizer.zero_grad", "        optimizer.state_dict()"),
    "no_backward": ("torch", "        loss.backward", "        loss.detach()"),
    "no_step": ("torch", "        optimizer.step", "        optimizer.zero_grad(set_to_none=True)"),
    "global_model": ("torch", "        loss = loss_fn", "        loss = loss_fn(Net()(x), y)"),
    "train_mode": ("torch", "    model.eval", "    model.train(True)"),
    "eval_mode": ("torch", "    model.train", "    model.train(False)"),
    "other_parameters": ("torch", "optimizer =", "optimizer = torch.optim.Adam(Net().parameters(), lr=1e-3)"),
    "worst_kept": ("torch", "    if score", "    if score > best:"),
    "train_as_val": (
        "torch",
        "        scores",
        "        scores = [loss_fn(model(x), y).item() for x, y in train_loader]",
    ),
    "mode_min": (
        "keras",
        "save =",
        "save = keras.callbacks.ModelCheckpoint('best.keras', monitor='val_accuracy', mode='min', save_best_only=True)",
    ),
    "not_frozen": ("keras", "base.trainable", "base.trainable = True"),
    "test_for_stopping": (
        "keras",
        "model.fit",
        "model.fit(x_train, y_train, epochs=<epochs>, validation_data=(x_test, y_test), callbacks=[stop, save])",
    ),
    "stop_on_train": (
        "keras",
        "stop =",
        "stop = keras.callbacks.EarlyStopping('loss', patience=<patience>, restore_best_weights=True)",
    ),
    "tested_on_train": ("keras", "loss, accuracy", "loss, accuracy = best.evaluate(x_train, y_train)"),
}
CAUSES = {
    "no_zero_grad": "update",
    "no_backward": "update",
    "no_step": "update",
    "global_model": "update",
    "other_parameters": "update",
    "not_frozen": "update",
    "train_mode": "mode",
    "eval_mode": "mode",
    "worst_kept": "choice",
    "mode_min": "choice",
    "stop_on_train": "data",
    "train_as_val": "data",
    "test_for_stopping": "data",
    "tested_on_train": "data",
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return {"epochs": (10, 12, 15, 20, 25, 30)[place], "classes": (8, 10, 43)[place % 3], "patience": 2 + place}


@value
def lines(bug, place, sizes):
    script, start, wrong = BUGS[bug]
    rows = [wrong if row.startswith(start) else row for row in SCRIPTS[script].splitlines()]
    if place % 2:
        rows.insert(0, "import time")
    if place >= 3:
        rows.insert(2, "started = time.time()" if place % 2 else "print('ready')")
    for name, number in sizes.items():
        rows = [row.replace(f"<{name}>", str(number)) for row in rows]
    return tuple(rows)


@value
def listing(lines):
    return "\n".join(f"    {n:2}  {row}" for n, row in enumerate(lines, 1))


def starting(lines, *starts):
    """The number of the first line that starts with one of these, tried in turn."""
    return next(n for start in starts for n, row in enumerate(lines, 1) if row.startswith(start))


@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    wrong = BUGS[bug][2]
    for name, number in sizes.items():
        wrong = wrong.replace(f"<{name}>", str(number))
    return lines.index(wrong) + 1


@line.misconception
def import_line(lines):
    return starting(lines, "from torch", "from keras")


@line.misconception
def first_lines(lines):
    return starting(lines, "model = Net", "base = ")


@line.misconception
def loss_line(lines):
    return starting(lines, "loss_fn =", "model.compile")


@line.misconception
def middle_line(lines):
    return starting(lines, "    for x, y", "model = ")


@line.misconception
def last_line(lines):
    return starting(lines, "        torch.save", "print(accuracy)")


@line.misconception
def bookkeeping_line(lines):
    return starting(lines, "        best", "best = keras")


@answer(points=1, rule=choice("update", "mode", "choice", "data"))
def cause(bug):
    return CAUSES[bug]


@cause.misconception
def what_it_computes(cause):
    return "mode" if cause == "update" else "update"


@cause.misconception
def when_it_computes(cause):
    return "choice" if cause == "data" else "data"
