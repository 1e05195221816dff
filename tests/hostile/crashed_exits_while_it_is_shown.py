import os
class Shown:
    def _repr_html_(self):
        os._exit(0)
    __repr__ = _repr_html_
Shown()
