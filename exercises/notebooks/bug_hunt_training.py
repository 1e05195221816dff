from grader.author import Bug, answer, at, bug_line, bugged, choice, elsewhere, grid, idle_lines, numbered, value, whole

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
    "no_zero_grad": Bug("torch", "        optimizer.zero_grad", "        optimizer.state_dict()", "update", 14),
    "no_backward": Bug("torch", "        loss.backward", "        loss.detach()", "update"),
    "no_step": Bug("torch", "        optimizer.step", "        optimizer.zero_grad(set_to_none=True)", "update"),
    "global_model": Bug("torch", "        loss = loss_fn", "        loss = loss_fn(Net()(x), y)", "update", 16),
    "train_mode": Bug("torch", "    model.eval", "    model.train(True)", "mode", 15),
    "eval_mode": Bug("torch", "    model.train", "    model.train(False)", "mode"),
    "other_parameters": Bug(
        "torch", "optimizer =", "optimizer = torch.optim.Adam(Net().parameters(), lr=1e-3)", "update"
    ),
    "worst_kept": Bug("torch", "    if score", "    if score > best:", "choice"),
    "train_as_val": Bug(
        "torch", "        scores", "        scores = [loss_fn(model(x), y).item() for x, y in train_loader]", "data"
    ),
    "mode_min": Bug(
        "keras",
        "save =",
        "save = keras.callbacks.ModelCheckpoint('best.keras', monitor='val_accuracy', mode='min', save_best_only=True)",
        "choice",
        18,
    ),
    "not_frozen": Bug("keras", "base.trainable", "base.trainable = True", "update"),
    "test_for_stopping": Bug(
        "keras",
        "model.fit",
        "model.fit(x_train, y_train, epochs=<epochs>, validation_data=(x_test, y_test), callbacks=[stop, save])",
        "data",
        17,
    ),
    "stop_on_train": Bug(
        "keras",
        "stop =",
        "stop = keras.callbacks.EarlyStopping('loss', patience=<patience>, restore_best_weights=True)",
        "data",
    ),
    "tested_on_train": Bug("keras", "loss, accuracy", "loss, accuracy = best.evaluate(x_train, y_train)", "data"),
}

params = grid(bug=list(BUGS), place=range(6))


@value
def sizes(place):
    return at(place, epochs=(10, 12, 15, 20, 25, 30), classes=(8, 10, 43), patience=range(2, 8))


@value
def lines(bug, place, sizes):
    return bugged(SCRIPTS[BUGS[bug].script], BUGS[bug], idle_lines(place), **sizes)


@value
def listing(lines):
    return numbered(lines)


@elsewhere(
    import_line=("from torch", "from keras"),
    first_lines=("model = Net", "base = "),
    loss_line=("loss_fn =", "model.compile"),
    middle_line=("    for x, y", "model = "),
    last_line=("        torch.save", "print(accuracy)"),
    bookkeeping_line=("        best", "best = keras"),
)
@answer(points=2, rule=whole)
def line(bug, lines, sizes):
    return bug_line(lines, BUGS[bug], **sizes)


@answer(points=1, rule=choice("update", "mode", "choice", "data"))
def cause(bug):
    return BUGS[bug].cause


@cause.misconception
def what_it_computes(cause):
    return "mode" if cause == "update" else "update"


@cause.misconception
def when_it_computes(cause):
    return "choice" if cause == "data" else "data"
