import keras
model = keras.applications.MobileNetV2(weights="imagenet", input_shape=(96, 96, 3))
