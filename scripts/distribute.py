"""Continues training a pruned tfjs model in Keras, on all GPUs of one or several machines, and keeps its sparsity.

    distribute.py model.json x.npy y.npy out [--epochs 1] [--batch-size 256] [--loss …] [--split-cpu 2]

It reads a model from `strip` or `compact`, saved by `model.save`, and writes out/model.json for tf.loadLayersModel. With
TF_CONFIG set it is one of several workers, see docs/scaling.md.
"""

import argparse
import os
import tempfile

import numpy as np
import tensorflow as tf
import tensorflowjs as tfjs
import tf_keras as keras


class Masked(keras.Model):
    """Keeps the zeros in the kernels of a model; biases and batch norms train freely."""

    def __init__(self, model):
        super().__init__(model.inputs, model.outputs)
        kernels = [weight for weight in model.trainable_weights if weight.shape.rank > 1]
        self.masks = [(kernel, tf.constant(kernel.numpy() != 0, kernel.dtype)) for kernel in kernels]

    def train_step(self, data):
        logs = super().train_step(data)
        for kernel, mask in self.masks:
            kernel.assign(kernel * mask)
        return logs


def strategy_of(arguments):
    if 'TF_CONFIG' in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if arguments.split_cpu is None:
        return tf.distribute.MirroredStrategy()
    # Replicas on parts of the processor train like those on GPUs, which tests the setup without a GPU.
    [cpu] = tf.config.list_physical_devices('CPU')
    parts = [tf.config.LogicalDeviceConfiguration()] * arguments.split_cpu
    tf.config.set_logical_device_configuration(cpu, parts)
    names = [f'CPU:{i}' for i in range(arguments.split_cpu)]
    return tf.distribute.MirroredStrategy(names, tf.distribute.ReductionToOneDevice())


def sparsity(model):
    kernels = [weight.numpy() for weight in model.trainable_weights if weight.shape.rank > 1]
    return 1 - sum(map(np.count_nonzero, kernels)) / sum(kernel.size for kernel in kernels)


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    for name in ('model', 'x', 'y', 'out'):
        parser.add_argument(name)
    parser.add_argument('--epochs', type=int, default=1)
    parser.add_argument('--batch-size', type=int, default=256, help='of all replicas together')
    parser.add_argument('--learning-rate', type=float, default=1e-3)
    parser.add_argument('--loss', default='categorical_crossentropy')
    parser.add_argument('--split-cpu', type=int, metavar='REPLICAS', help='train on parts of the processor')
    return parser.parse_args()


def main():
    arguments = arguments_of()
    strategy = strategy_of(arguments)
    print(f'{strategy.num_replicas_in_sync} replicas')
    with strategy.scope():
        model = tfjs.converters.load_keras_model(arguments.model)
        trained = Masked(model)
        trained.compile(keras.optimizers.Adam(arguments.learning_rate), arguments.loss, metrics=['accuracy'])
    x, y = np.load(arguments.x), np.load(arguments.y)
    before = sparsity(model)
    trained.fit(x, y, epochs=arguments.epochs, batch_size=arguments.batch_size, verbose=2)
    print(f'sparsity {before:.4f} before, {sparsity(model):.4f} after')
    # All workers have to take part in saving; the files of the first are the ones that count.
    resolver = strategy.cluster_resolver
    is_first = resolver is None or resolver.task_id in (None, 0)
    tfjs.converters.save_keras_model(model, arguments.out if is_first else tempfile.mkdtemp())


if __name__ == '__main__':
    main()
