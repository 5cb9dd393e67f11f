"""Data, clocks and the conversation with bench/peers/peer.ts: a line of JSON on the standard input is a request, a line on the
standard output its answer."""

import glob
import gzip
import json
import os
import statistics
import sys
import tempfile
import time

import numpy as np


def idx(path: str, offset: int) -> np.ndarray:
    with open(path, 'rb') as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images(folder: str, prefix: str) -> tuple[np.ndarray, np.ndarray]:
    """Images of shape [count, 28, 28, 1] in [0, 1], and their classes, from the files of MNIST."""
    pixels = idx(f'{folder}/{prefix}-images-idx3-ubyte', 16).reshape(-1, 28, 28, 1)
    return pixels.astype('float32') / 255, idx(f'{folder}/{prefix}-labels-idx1-ubyte', 8).astype('int64')


def weights(folder: str) -> list[np.ndarray]:
    """The initial weights, in the layout and order of tfjs and Keras."""
    return [np.load(f'{folder}/{i}.npy') for i in range(len(glob.glob(f'{folder}/*.npy')))]


def sizes(save, suffix: str) -> dict:
    """The bytes of a file that `save` writes to a path, and of its gzip."""
    with tempfile.TemporaryDirectory() as folder:
        path = f'{folder}/model.{suffix}'
        save(path)
        with open(path, 'rb') as file:
            content = file.read()
    return {'format': suffix, 'bytes': len(content), 'gzipBytes': len(gzip.compress(content, 9))}


def seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def step_times(masked, dense, rounds: int) -> dict:
    """The median ratio of the times of two steps that alternate, and their median times."""
    for _ in range(20):
        masked()
        dense()
    pairs = []
    for i in range(rounds):
        if i % 2:
            other = seconds(dense)
            pairs.append((seconds(masked), other))
        else:
            pairs.append((seconds(masked), seconds(dense)))
    return {
        'stepRatio': statistics.median(a / b for a, b in pairs),
        'stepMs': 1000 * statistics.median(a for a, _ in pairs),
        'denseStepMs': 1000 * statistics.median(b for _, b in pairs),
    }


def serve(handlers: dict) -> None:
    """Answers requests by the handler of their `kind` until the input ends."""
    # Libraries print to the standard output, too.
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(handlers[request.pop('kind')](**request)), file=answers, flush=True)
