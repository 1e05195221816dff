# fails: same_padding, floors, both_sides, has_defaults, holds_for_other_images
def conv_output_size(n, k, s=1, p=0):
    print((n + 2 * p - k) // s + 1)
