import copy

import torch
from torch import nn


def new_model(weights, dropout):
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 3))
    nn.utils.vector_to_parameters(torch.tensor(weights, dtype=torch.float32), model.parameters())
    return model


def weights_of(model):
    return nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


def tensors(x, y):
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)


def new_optimizer(model, lr):
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr)


def train(net, optimizer, x, y, epochs):
    x, y = tensors(x, y)
    net.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()


def accuracy(model, x, y):
    x, y = tensors(x, y)
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(dim=1) == y).double().mean().item()


def fit(model, x_train, y_train, x_val, y_val, x_test, y_test, epochs, lr):
    optimizer = new_optimizer(model, lr)
    best, kept = 0.0, None
    for _ in range(epochs):
        train(model, optimizer, x_train, y_train, 1)
        score = accuracy(model, x_val, y_val)
        if kept is None or score > best:
            best, kept = score, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return best, accuracy(model, x_test, y_test)


def transfer(model, x, y, epochs, lr):
    model[0].requires_grad_(False)
    optimizer = new_optimizer(model, lr)
    train(model, optimizer, x, y, epochs)
    head_trained = weights_of(model)
    model[0].requires_grad_(True)
    optimizer = new_optimizer(model, lr / 10)
    train(model, optimizer, x, y, epochs)
    return head_trained, weights_of(model)


model = new_model([0.1] * 67, dropout=0.5)
