def conv_output_size(n, k, s=1, p=0):
    padded = n + 2 * p
    positions = 0
    start = 0
    while start + k <= padded:
        positions += 1
        start += s
    return positions
