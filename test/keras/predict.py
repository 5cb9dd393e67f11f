"""Predicts by Keras what models of tfjs predict: for each folder with a model.json and x0.npy … writes y0.npy …, or
error.txt where Keras cannot."""

import glob
import sys
import traceback

import numpy as np
import tensorflowjs as tfjs

for folder in sorted(glob.glob(f'{sys.argv[1]}/*/')):
    try:
        model = tfjs.converters.load_keras_model(f'{folder}model.json')
        inputs = [np.load(path) for path in sorted(glob.glob(f'{folder}x*.npy'))]
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        for i, output in enumerate(outputs if isinstance(outputs, (list, tuple)) else [outputs]):
            np.save(f'{folder}y{i}.npy', output.numpy())
    except Exception:
        with open(f'{folder}error.txt', 'w') as file:
            file.write(traceback.format_exc())
