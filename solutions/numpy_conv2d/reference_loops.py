def conv2d(x, w, b, stride=1, padding=0):
    n, h, width, c_in = x.shape
    k_h, k_w, _, c_out = w.shape
    h_out = (h + 2 * padding - k_h) // stride + 1
    w_out = (width + 2 * padding - k_w) // stride + 1

    def value(image, i, j, f):
        total = b[f]
        for di in range(k_h):
            for dj in range(k_w):
                row = i * stride + di - padding
                column = j * stride + dj - padding
                if 0 <= row < h and 0 <= column < width:
                    for c in range(c_in):
                        total += image[row, column, c] * w[di, dj, c, f]
        return float(total)

    return [
        [[[value(image, i, j, f) for f in range(c_out)] for j in range(w_out)] for i in range(h_out)] for image in x
    ]
