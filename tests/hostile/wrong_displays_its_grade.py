from IPython.display import display
class Grade:
    def __init__(self, text): self.text = text
    def __repr__(self): return self.text
for text in ("99", "-1", "nan", "inf", "1e308"):
    display(Grade(text))
def double(x):
    display(Grade("-1"))
    return Grade("nan")
Grade("nan")
