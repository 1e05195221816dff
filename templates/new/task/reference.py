def function(x):
    return ...  # ✎ a right solution; reference_<other way>.py for right ones written differently
