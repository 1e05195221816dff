def double(x):
    return len(bytearray(10**11))
