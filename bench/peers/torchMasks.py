"""Prints, as JSON by sparsity, the time of a training step of LeNet-300-100 with masks over that of a dense step, both in PyTorch."""

import json
import statistics
import sys
import time

import torch
from torch.nn.utils import prune

BATCH, ROUNDS = 64, int(sys.argv[1])
SPARSITIES = [float(argument) for argument in sys.argv[2:]]


def step_of(masked: float):
    """Makes a network, masked if a sparsity is given, and returns a function that trains it by a step of Adam."""
    linear = [torch.nn.Linear(784, 300), torch.nn.Linear(300, 100), torch.nn.Linear(100, 10)]
    for layer in linear:
        if masked > 0:
            prune.l1_unstructured(layer, 'weight', amount=masked)
    model = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1], torch.nn.ReLU(), linear[2])
    optimizer = torch.optim.Adam(model.parameters())
    x, y = torch.rand(BATCH, 784), torch.randint(10, (BATCH,))

    def step() -> float:
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        return time.perf_counter() - start

    return step


# As tfjs without a cross-origin isolated page.
torch.set_num_threads(1)
ratios = {}
for sparsity in SPARSITIES:
    masked, dense = step_of(sparsity), step_of(0)
    for step in [masked, dense] * 20:
        step()
    ratios[sparsity] = statistics.median(masked() / dense() for _ in range(ROUNDS))
print(json.dumps(ratios))
