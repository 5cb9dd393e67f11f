"""Makes models in Keras 2 and Keras 3 and saves each for tfjs: a folder with model.json, the inputs x.npy and what Keras
predicts of them, y.npy; and once more after some training with Adam, as a .keras file that is converted."""

import os
import sys

import keras as keras3
import numpy as np
import tensorflowjs as tfjs
import tf_keras as keras2
from tensorflowjs.converters import converter


def models(keras):
    layers = keras.layers

    yield 'mlp', keras.Sequential([
        layers.Input((6,)),
        layers.Dense(8, activation='relu'),
        layers.Dense(8, activation='tanh', kernel_regularizer=keras.regularizers.L2(1e-4)),
        layers.Dense(3, activation='softmax'),
    ])

    image = layers.Input((8, 8, 2))
    x = layers.Conv2D(6, 3, padding='same', use_bias=False)(image)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    inner = layers.DepthwiseConv2D(3, padding='same')(x)
    inner = layers.Conv2D(6, 1)(inner)
    x = layers.Add()([x, inner])
    x = layers.MaxPooling2D(2)(x)
    x = layers.SeparableConv2D(8, 3, activation='relu')(x)
    x = layers.GlobalAveragePooling2D()(x)
    yield 'residual', keras.Model(image, layers.Dense(3, activation='softmax')(x))

    # As the networks of Keras' applications have them.
    image = layers.Input((8, 8, 2))
    x = layers.Conv2D(6, 3, padding='same', use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization(scale=False)(x))
    x = layers.Conv2D(6, 3, padding='same', use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(scale=False, center=False)(x))
    x = layers.Conv2D(6, 3, padding='same', activation='sigmoid')(x)
    x = layers.Conv2D(6, 3, padding='same', activation='relu')(x)
    x = layers.GlobalAveragePooling2D()(x)
    yield 'norms', keras.Model(image, layers.Dense(3, activation='softmax')(x))

    yield 'transposed', keras.Sequential([
        layers.Input((4, 4, 2)),
        layers.Conv2DTranspose(6, 2, strides=2, activation='relu'),
        layers.Conv2D(4, 3, strides=2),
        layers.Flatten(),
        layers.Dense(3, activation='softmax'),
    ])

    yield 'lstm', keras.Sequential([
        layers.Input((5, 3)),
        layers.LSTM(6, return_sequences=True),
        layers.LSTM(5),
        layers.Dense(3, activation='softmax'),
    ])

    yield 'gru', keras.Sequential([
        layers.Input((5, 3)),
        layers.GRU(6, reset_after=False),
        layers.Dense(3, activation='softmax'),
    ])

    yield 'bidirectional', keras.Sequential([
        layers.Input((5, 3)),
        layers.Bidirectional(layers.LSTM(4)),
        layers.Dense(3, activation='softmax'),
    ])


random = np.random.default_rng(1)
for keras in (keras2, keras3):
    keras.utils.set_random_seed(1)
    for name, model in models(keras):
        # Also weights that start from 0 or 1, such as biases and batch norms.
        model.set_weights([w + random.uniform(0, 0.3, w.shape).astype(w.dtype) for w in model.get_weights()])
        folder = f'{sys.argv[1]}/{"keras3" if keras is keras3 else "keras2"}-{name}'
        os.makedirs(folder)
        x = random.normal(size=(24, *model.input_shape[1:])).astype('float32')
        np.save(f'{folder}/x.npy', x)
        np.save(f'{folder}/y.npy', model(x, training=False).numpy())
        tfjs.converters.save_keras_model(model, folder)

        model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
        model.fit(x, np.eye(3, dtype='float32')[random.integers(0, 3, len(x))], epochs=2, verbose=0)
        trained = f'{folder}-trained'
        os.makedirs(trained)
        model.save(f'{trained}/model.keras')
        converter.convert(['--input_format=keras_keras', '--output_format=tfjs_layers_model', f'{trained}/model.keras', trained])
        np.save(f'{trained}/x.npy', x)
        np.save(f'{trained}/y.npy', model(x, training=False).numpy())
