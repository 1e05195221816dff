import numpy as np
def double(x):
    return np.zeros(10**8, dtype=np.float64)
