import numpy as np
import torch


class StandardScaler:
    """As scikit-learn's, for the programs shown."""

    def fit(self, x):
        self.mean, self.std = x.mean(), x.std()
        return self

    def transform(self, x):
        return (x - self.mean) / self.std

    def fit_transform(self, x):
        return self.fit(x).transform(x)


def normalised(tested, stats):
    x = torch.tensor([[float(tested)]], dtype=torch.float64)
    mean, sigma = (torch.tensor([float(s)], dtype=torch.float64) for s in stats[0])
    return torch.nn.functional.batch_norm(x, mean, sigma**2, eps=0.0).item()


def run(code, train, test):
    names = {"x_train": train, "x_test": test, "x": np.concatenate([train, test]), "n": len(train)}
    exec(code.replace("\n    ", "\n"), {"StandardScaler": StandardScaler}, names)
    return names["x_train"], names["x_test"]


def diagnosis(code):
    """The program is run, on one test set and then on another: does it transform, alike, and without a look at it?"""
    rng = np.random.default_rng(0)
    train, test, other = rng.uniform(0, 200, 50), rng.uniform(20, 90, 50), rng.uniform(100, 250, 50)
    test[0] = other[0] = train[0]
    new_train, new_test = run(code, train, test)
    if np.array_equal(new_train, train) and np.array_equal(new_test, test):
        return "nothing"
    if not np.isclose(new_train[0], new_test[0]):
        return "scales"
    return "right" if np.allclose(run(code, train, other)[0], new_train) else "leak"
