# Attributes that a trusted side might follow.
class Bait:
    __call__ = lambda self, x: self
    __class__ = property(lambda self: int)
    shape = dtype = property(lambda self: self)
    def __getattr__(self, name): return self
    def __iter__(self): return iter([self])
    def __len__(self): return 1 << 60
    def tolist(self): return self
    __int__ = __float__ = __index__ = lambda self: 4
double = Bait()
