# fails: floors, both_sides, holds_for_other_images
def conv_output_size(n, k, s=1, p=0):
    return (n + 2 * p - k) / s + 1
