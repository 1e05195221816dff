# fails: treats_each_image_alone, recognises_unseen_signs
import numpy as np


class Model:
    def predict(self, images, verbose=0):
        return np.full((len(images), 43), 1 / 43, dtype="float32")


model = Model()
