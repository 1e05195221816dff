# fails: same_padding, both_sides, has_defaults, holds_for_other_images
def conv_output_size(n, k, s=1, p=0):
    return (n + p - k) // s + 1
