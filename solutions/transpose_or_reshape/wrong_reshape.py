# fails: keeps_channels_together, keeps_pixels_in_place
def to_channels_first(batch):
    images, rows, columns, channels = batch.shape
    return batch.reshape(images, channels, rows, columns)
