# Two processes answer: a copy of the worker, and the worker.
import os
def double(x):
    if os.fork() == 0:
        return 2 * x
    return 0
