"""Torch-Pruning, which removes channels."""

import torch
import torch_pruning


def channel_pruner(model, targets: list):
    """A pruner whose n-th step removes channels until their share is the n-th of the targets, in each layer but the last."""
    return torch_pruning.pruner.MagnitudePruner(
        model,
        torch.rand(1, 1, 28, 28),
        importance=torch_pruning.importance.GroupMagnitudeImportance(p=2),
        pruning_ratio=targets[-1],
        iterative_steps=len(targets),
        iterative_pruning_ratio_scheduler=lambda last, steps: [0, *targets],
        ignored_layers=[model[-1]],
    )
