import torch

# no oracle for layers: what is natural for which data is a matter of sense; nothing computes it


def video(sizes):
    """Videos stacked one by one, frame by frame, row by row."""
    row = torch.zeros(sizes["width"], sizes["channels"], dtype=torch.uint8)
    frame = torch.stack([row] * sizes["height"])
    clip = torch.stack([frame] * sizes["frames"])
    return tuple(clip.expand(sizes["batch"], *clip.shape).shape)


def frame_batch(sizes):
    return tuple(torch.empty(video(sizes), device="meta").flatten(0, 1).shape)
