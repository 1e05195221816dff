# fails: kernels_of_the_first_convolution
import matplotlib.pyplot as plt
import numpy as np
import torch

data = np.load("signs_few.npz")
x_train = data["x_train"].astype("float32") / 255

kernels = data["conv1_kernel"].astype("float32")
first = torch.nn.Conv2d(3, 16, 3, padding=1)
first.weight.data = torch.tensor(kernels).permute(3, 2, 0, 1)
kernels = first.weight.detach().numpy()  # laid out as in PyTorch
first.bias.data = torch.tensor(data["conv1_bias"].astype("float32"))


def kernel_images(kernels):
    images = []
    for k in range(kernels.shape[3]):
        kernel = kernels[:, :, :, k]
        images.append((kernel / abs(kernel).max() + 1) / 2)
    return np.array(images)


def feature_maps(images):
    with torch.no_grad():
        return first(torch.as_tensor(images).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()


def colour_share(kernels):
    grey = kernels.mean(axis=2)
    total = (kernels**2).sum(axis=(0, 1, 2))
    return 1 - kernels.shape[2] * (grey**2).sum(axis=(0, 1)) / total  # Pythagoras: the two parts are orthogonal


def most_excited(maps):
    means = np.where(maps > 0, maps, 0).sum(axis=1).sum(axis=1)
    return np.array([np.argmax(column) for column in means.T])


pictures = kernel_images(kernels.transpose(2, 3, 1, 0))
shares = colour_share(kernels.transpose(2, 3, 1, 0))
best = x_train[most_excited(feature_maps(x_train))]
fig, axes = plt.subplots(2, 16, figsize=(16, 2.4))
for k in range(16):
    axes[0, k].imshow(pictures[k])
    axes[0, k].set_title(f"{shares[k]:.2f}")
    axes[1, k].imshow(best[k])
for ax in axes.flat:
    ax.axis("off")
plt.show()
