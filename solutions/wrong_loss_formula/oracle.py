import torch
from torch import nn

Y = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
P = torch.tensor([0.9, 0.2, 0.6, 0.7], dtype=torch.float64)
CLASS = torch.tensor([2, 0, 1, 2])
ROWS = torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]], dtype=torch.float64)
TRUE = torch.tensor([1.0, 4.0, -2.0, 3.0], dtype=torch.float64)
GUESS = torch.tensor([2.0, 1.0, -2.5, 5.0], dtype=torch.float64)
HOT = nn.functional.one_hot(CLASS).double()
ERROR = GUESS - TRUE
OF_CLASS = ROWS[range(4), CLASS]

LAYERS = {
    "bce": nn.BCELoss()(P, Y),
    "cce": nn.CrossEntropyLoss()(ROWS.log(), HOT),
    "sparse": nn.CrossEntropyLoss()(ROWS.log(), CLASS),
    "mse": nn.MSELoss()(GUESS, TRUE),
    "mae": nn.L1Loss()(GUESS, TRUE),
}
# Each formula as printed, computed term by term on four examples.
PRINTED = {
    r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln(1 - p_i) \right)": -(
        Y * P.log() + (1 - Y) * (1 - P).log()
    ).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln p_i \right)": -(
        Y * P.log() + (1 - Y) * P.log()
    ).mean(),
    r"\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln(1 - p_i) \right)": (
        Y * P.log() + (1 - Y) * (1 - P).log()
    ).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i - (1 - y_i) \ln(1 - p_i) \right)": -(
        Y * P.log() - (1 - Y) * (1 - P).log()
    ).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} y_{i,c} \ln p_{i,c}": -(HOT * ROWS.log()).sum(1).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} p_{i,c} \ln y_{i,c}": -(ROWS * HOT.log()).sum(1).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \ln \sum_{c=1}^{C} p_{i,c}": -ROWS.sum(1).log().mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} \ln p_{i,c}": -ROWS.log().sum(1).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} \ln p_{i,y_i}": -OF_CLASS.log().mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} y_i \ln p_{i,y_i}": -(CLASS * OF_CLASS.log()).mean(),
    r"-\frac{1}{n} \sum_{i=1}^{n} p_{i,y_i}": -OF_CLASS.mean(),
    r"\frac{1}{n} \sum_{i=1}^{n} \ln p_{i,y_i}": OF_CLASS.log().mean(),
    r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right)^2": (ERROR**2).mean(),
    r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i^2 - y_i^2 \right)": (GUESS**2 - TRUE**2).mean(),
    r"\left( \frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right) \right)^2": ERROR.mean() ** 2,
    r"\frac{1}{n} \sum_{i=1}^{n} \left| \hat{y}_i - y_i \right|": ERROR.abs().mean(),
    r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right)": ERROR.mean(),
    r"\left| \frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right) \right|": ERROR.mean().abs(),
}


def wrong(offered, formulas):
    """The only formula that departs from the torch layer of its name."""
    found = [name for name in offered if not torch.isclose(PRINTED[formulas[name]], LAYERS[name])]
    return found[0] if len(found) == 1 else found
