import torch
from torch.nn.functional import dropout as drop
from torch.nn.functional import linear, log_softmax, relu


class Net(torch.nn.Module):
    def __init__(self, weights, dropout):
        super().__init__()
        w = torch.as_tensor(weights, dtype=torch.float32)
        parts = w[:32].view(8, 4), w[32:40], w[40:64].view(3, 8), w[64:]
        self.parts = torch.nn.ParameterList([torch.nn.Parameter(part.clone()) for part in parts])
        self.dropout = dropout

    def forward(self, x):
        a, b, c, d = self.parts
        return linear(drop(relu(linear(x, a, b)), self.dropout, self.training), c, d)


def new_model(weights, dropout):
    return Net(weights, dropout)


def weights_of(model):
    return [float(w) for part in model.parts for w in part.detach().flatten()]


def new_optimizer(model, lr):
    return torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=lr)


def train(net, optimizer, x, y, epochs):
    x, y = torch.as_tensor(x, dtype=torch.float32), torch.as_tensor(y)
    for _ in range(epochs):
        net.train()
        loss = -log_softmax(net(x), dim=1)[torch.arange(len(y)), y].mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def accuracy(model, x, y):
    was = model.training
    model.train(False)
    found = model(torch.as_tensor(x, dtype=torch.float32)).argmax(1).tolist()
    model.train(was)
    return sum(a == b for a, b in zip(found, y)) / len(found)


def fit(model, x_train, y_train, x_val, y_val, x_test, y_test, epochs, lr):
    optimizer = new_optimizer(model, lr)
    scores = []
    for _ in range(epochs):
        train(model, optimizer, x_train, y_train, 1)
        scores.append((accuracy(model, x_val, y_val), weights_of(model)))
    best, kept = max(scores, key=lambda pair: pair[0])
    model.load_state_dict(Net(kept, 0.0).state_dict())
    return best, accuracy(model, x_test, y_test)


def transfer(model, x, y, epochs, lr):
    stages = []
    for frozen, rate in ((True, lr), (False, lr / 10)):
        for part in list(model.parts)[:2]:
            part.requires_grad = not frozen
        train(model, new_optimizer(model, rate), x, y, epochs)
        stages.append(weights_of(model))
    return stages
