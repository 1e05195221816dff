class double:
    def __init__(self, x):
        self.x = 2 * x
