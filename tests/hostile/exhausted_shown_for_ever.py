class Shown:
    def __repr__(self):
        while True:
            pass
Shown()
