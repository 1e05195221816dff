import os
read, write = os.pipe()
def double(x):
    while True:
        os.write(write, b"x" * 100_000)
