import copy
import csv
from pathlib import Path

import numpy as np
import torch
from torch import nn


def log_text(run_dir):
    return Path(run_dir, "logs", "training.csv").read_text()


def tensors(x, y):
    return torch.tensor(np.asarray(x)).flatten(1), torch.tensor(np.asarray(y), dtype=torch.int64)


def network():
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))


def loss_of(net, x, y):
    with torch.no_grad():
        return nn.functional.cross_entropy(net(x), y).item()


def go(net, optimiser, x, y, x_val, y_val, epochs, run_dir, lowest):
    (x, y), (x_val, y_val) = tensors(x, y), tensors(x_val, y_val)
    history = {"loss": [], "val_loss": []}
    for _ in range(epochs):
        losses = []
        for chosen in torch.randperm(len(x)).split(20):
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(net(x[chosen]), y[chosen])
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        history["loss"].append(sum(losses) / len(losses))
        history["val_loss"].append(loss_of(net, x_val, y_val))
        state = {"net": net.state_dict(), "optimiser": optimiser.state_dict()}
        if history["val_loss"][-1] < lowest:
            lowest = history["val_loss"][-1]
            torch.save(copy.deepcopy(state) | {"lowest": lowest}, f"{run_dir}/best.pt")
        torch.save(state | {"lowest": lowest}, f"{run_dir}/last.pt")
        with Path(run_dir, "logs", "training.csv").open("a", newline="") as file:
            done = len(log_text(run_dir).splitlines()) - 1
            csv.writer(file).writerow([done, history["loss"][-1], history["val_loss"][-1]])
    return history


def train(x, y, x_val, y_val, epochs, run_dir):
    logs = Path(run_dir) / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "training.csv").write_text("epoch,loss,val_loss\n")
    net = network()
    return go(net, torch.optim.Adam(net.parameters(), 3e-3), x, y, x_val, y_val, epochs, run_dir, float("inf"))


def best_epoch(history):
    losses = list(history["val_loss"])
    return losses.index(min(losses)) + 1


def evaluate(run_dir, which, x, y):
    net = network()
    net.load_state_dict(torch.load(f"{run_dir}/{which}.pt", weights_only=True)["net"])
    return loss_of(net, *tensors(x, y))


def resume(x, y, x_val, y_val, epochs, run_dir):
    saved = torch.load(f"{run_dir}/last.pt", weights_only=True)
    net = network()
    net.load_state_dict(saved["net"])
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    optimiser.load_state_dict(saved["optimiser"])
    return go(net, optimiser, x, y, x_val, y_val, epochs, run_dir, saved["lowest"])


def confusion(y_true, y_pred, classes):
    return [[int(np.sum((y_true == i) & (y_pred == j))) for j in range(classes)] for i in range(classes)]
