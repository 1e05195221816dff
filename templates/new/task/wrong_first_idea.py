# fails: hidden
def function(x):
    return ...  # ✎ a wrong solution, and above the checks that it must fail
