"""Trains, times and masks by tfmot on tf_keras, which is Keras 2."""

import os

# tfmot supports no other Keras.
os.environ['TF_USE_LEGACY_KERAS'] = '1'
os.environ['CUDA_VISIBLE_DEVICES'] = ''

import statistics

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras
from common import images, seconds, serve, sizes, step_times, weights

sparsity_api = tfmot.sparsity.keras

# As tfjs without a cross-origin isolated page.
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def network(name: str) -> keras.Sequential:
    """A network of demo/networks.ts."""
    dense = keras.layers.Dense
    if name == 'mlp':
        return keras.Sequential([
            keras.layers.Flatten(input_shape=(28, 28, 1)),
            dense(300, 'relu'),
            dense(100, 'relu'),
            dense(10, 'softmax'),
        ])
    return keras.Sequential([
        keras.layers.Conv2D(8, 5, activation='relu', input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(16, 3, activation='relu'),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        dense(64, 'relu'),
        dense(10, 'softmax'),
    ])


def masked(model: keras.Model, updates: list) -> keras.Model:
    """The model with masks that are updated after the given steps, counted from 0, to targets of a polynomial."""
    steps = [step for step, _ in updates]
    schedule = sparsity_api.PolynomialDecay(
        initial_sparsity=0,
        final_sparsity=updates[-1][1],
        # It updates at the beginning of a step, and counts steps from 1.
        begin_step=steps[0] + 2,
        end_step=steps[-1] + 2,
        frequency=steps[1] - steps[0],
    )
    return sparsity_api.prune_low_magnitude(model, pruning_schedule=schedule)


def compiled(model: keras.Model, rate: float = 1e-3) -> keras.Model:
    model.compile(keras.optimizers.Adam(rate), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def train(name, method, mnist, initial, order, batch, rate, updates) -> dict:
    assert method in ('dense', 'magnitude'), method
    model = network(name)
    model.set_weights(weights(initial))
    if updates:
        model = masked(model, updates)
    compiled(model, rate)
    x, y = images(mnist, 'train')
    callbacks = [sparsity_api.UpdatePruningStep()] if updates else []
    for permutation in np.load(order):
        rows = permutation[: len(permutation) // batch * batch]
        model.fit(x[rows], y[rows], batch_size=batch, shuffle=False, verbose=0, callbacks=callbacks)
    model = compiled(sparsity_api.strip_pruning(model)) if updates else model
    kernels = [weight for weight in model.get_weights() if weight.ndim > 1]
    accuracy = model.evaluate(*images(mnist, 't10k'), batch_size=1000, verbose=0)[1]
    return {
        'accuracy': 100 * accuracy,
        'kept': sum(int(np.count_nonzero(kernel)) for kernel in kernels),
        **smallest(model),
    }


def smallest(model: keras.Model) -> dict:
    """Of Keras' files and that of TensorFlow Lite the smallest after gzip."""
    # Without an optimizer, whose slots Keras would save.
    bare = keras.models.clone_model(model)
    bare.set_weights(model.get_weights())

    def lite(path: str) -> None:
        with open(path, 'wb') as file:
            file.write(tf.lite.TFLiteConverter.from_keras_model(bare).convert())

    files = [sizes(bare.save, 'keras'), sizes(bare.save, 'h5'), sizes(lite, 'tflite')]
    return min(files, key=lambda file: file['gzipBytes'])


def clock(name, method, sparsity, batch, rounds) -> dict:
    # Masks are updated in step 1, and at the steps of the clock not any more.
    model = compiled(masked(network(name), [(-1, 0), (9, sparsity)]))
    callback = sparsity_api.UpdatePruningStep()
    callback.set_model(model)
    callback.on_train_begin()
    x = np.random.rand(batch, 28, 28, 1).astype('float32')
    y = np.random.randint(0, 10, batch)
    steps = [stepper(model, x, y), stepper(compiled(network(name)), x, y)]
    times = step_times(*steps, rounds)
    wrapped = [layer for layer in model.layers if hasattr(layer, 'pruning_obj')]
    kept = sum(int(tf.math.count_nonzero(mask)) for layer in wrapped for _, mask, _ in layer.pruning_vars)

    @tf.function
    def update():
        for layer in wrapped:
            layer.pruning_obj.conditional_mask_update()

    for layer in wrapped:
        layer.pruning_step.assign(11)
    updates = [seconds(update) for _ in range(6)]
    return {**times, 'updateSeconds': statistics.median(updates[1:]), 'kept': kept}


def stepper(model: keras.Model, x: np.ndarray, y: np.ndarray):
    """A function that trains a model by a step, as fit does in its loop."""
    step = model.make_train_function()
    batches = iter(tf.data.Dataset.from_tensors((x, y)).cache().repeat())
    return lambda: step(batches)


def masks(cases) -> list:
    """The masks of kernels in the layout of tfjs, as nested lists."""
    return [mask_of(**case) for case in cases]


def mask_of(value: list, sparsity: float, options: dict) -> list:
    value = np.asarray(value, 'float32')
    if value.ndim == 2:
        layer = keras.layers.Dense(value.shape[1], use_bias=False, input_shape=(value.shape[0],))
    else:
        layer = keras.layers.Conv2D(
            value.shape[3], value.shape[:2], use_bias=False, input_shape=(*value.shape[:2], value.shape[2])
        )
    schedule = sparsity_api.ConstantSparsity(sparsity, begin_step=1, frequency=1)
    wrapped = sparsity_api.prune_low_magnitude(keras.Sequential([layer]), pruning_schedule=schedule, **options)
    pruned = wrapped.layers[0]
    pruned.layer.kernel.assign(value)
    pruned.pruning_step.assign(0)
    pruned(np.zeros((1, *layer.input_shape[1:]), 'float32'), training=True)
    return pruned.pruning_vars[0][1].numpy().tolist()


def schedule(final, steps) -> list:
    decay = sparsity_api.PolynomialDecay(0, final, begin_step=0, end_step=steps, frequency=1)
    return [float(decay(tf.constant(step, tf.int64))[1]) for step in range(steps + 1)]


serve({
    'versions': lambda: {'tfmot': tfmot.__version__, 'tf_keras': keras.__version__, 'tensorflow': tf.__version__},
    'train': train,
    'time': clock,
    'masks': masks,
    'schedule': schedule,
})
