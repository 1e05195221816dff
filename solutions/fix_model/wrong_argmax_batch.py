# fails: one_class_per_image, whole_script
import keras
from keras import layers


def convolution(filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")


def model_01(side, classes):
    image = keras.Input((side, side, 3))
    a = convolution(8)(image)
    a = layers.AveragePooling2D(2)(a)
    a = layers.Flatten()(a)
    a = layers.Dense(classes, activation="softmax")(a)
    return keras.Model(image, a)


def model_02(side, classes):
    image = keras.Input((side, side, 3))
    a = convolution(8)(image)
    b = layers.AveragePooling2D(2)(a)
    b = convolution(8)(b)
    c = layers.UpSampling2D(2)(b)
    c = layers.Concatenate()([a, c])
    c = layers.GlobalAveragePooling2D()(c)
    c = layers.Dense(classes, activation="softmax")(c)
    return keras.Model(image, c)


def get_model(name, side, classes):
    models = {"model_01": model_01, "model_02": model_02}
    return models[name](side, classes)


def trained(model, x, y, epochs):
    optimizer = keras.optimizers.Adam(0.01)
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(optimizer, loss)
    model.fit(x, y, epochs=epochs, batch_size=16, verbose=0)
    return model


def predicted(model, x):
    probabilities = model.predict(x, verbose=0)
    return probabilities.argmax(axis=0)
