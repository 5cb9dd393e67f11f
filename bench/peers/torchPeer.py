"""Trains, times and masks by torch.nn.utils.prune, and by Torch-Pruning where the method is channels."""

import statistics
from importlib.metadata import version

import numpy as np
import torch
from common import images, seconds, serve, sizes, step_times, weights
from torch import nn
from torch.nn.utils import prune
from torchChannels import channel_pruner

# As tfjs without a cross-origin isolated page.
torch.set_num_threads(1)


def network(name: str) -> nn.Sequential:
    """A network of demo/networks.ts, without the softmax that the loss includes."""
    if name == 'mlp':
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
        )
    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def layers(model: nn.Module) -> list[nn.Module]:
    return [layer for layer in model if isinstance(layer, (nn.Linear, nn.Conv2d))]


def load(model: nn.Module, values: list[np.ndarray]) -> None:
    """Sets weights in the layout of tfjs: kernels end with the outputs, and images with their channels."""
    channels = 1
    for layer, kernel, bias in zip(layers(model), values[::2], values[1::2]):
        if kernel.ndim == 4:
            kernel = kernel.transpose(3, 2, 0, 1)
            channels = len(kernel)
        else:
            # Flatten orders the inputs by channel here, by position there.
            kernel = kernel.reshape(-1, channels, kernel.shape[1]).transpose(2, 1, 0).reshape(kernel.shape[1], -1)
            channels = 1
        layer.weight.data = torch.from_numpy(np.ascontiguousarray(kernel))
        layer.bias.data = torch.from_numpy(bias)


def tensors(x: np.ndarray, y: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)


def optimizer(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), lr=rate, eps=1e-7)


def step(model: nn.Module, adam: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> None:
    adam.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    adam.step()


def update(model: nn.Module, method: str, sparsity: float) -> None:
    """Raises the sparsity, of which prune wants the weights that it adds: it never returns those that are pruned."""
    chosen = layers(model)
    pruned = [int((layer.weight_mask == 0).sum()) if prune.is_pruned(layer) else 0 for layer in chosen]
    counts = [layer.weight.nelement() for layer in chosen]
    if method == 'global':
        added = round(sparsity * sum(counts)) - sum(pruned)
        prune.global_unstructured(
            [(layer, 'weight') for layer in chosen], pruning_method=prune.L1Unstructured, amount=added
        )
    else:
        for layer, count, before in zip(chosen, counts, pruned):
            prune.l1_unstructured(layer, 'weight', amount=round(sparsity * count) - before)


def accuracy(model: nn.Module, folder: str) -> float:
    x, y = tensors(*images(folder, 't10k'))
    with torch.no_grad():
        return 100 * (model(x).argmax(1) == y).double().mean().item()


def train(name, method, mnist, initial, order, batch, rate, updates) -> dict:
    model = network(name)
    load(model, weights(initial))
    x, y = tensors(*images(mnist, 'train'))
    adam = optimizer(model, rate)
    pruner = channel_pruner(model, [target for _, target in updates]) if method == 'channels' else None
    targets = dict(updates)
    number = 0
    for permutation in np.load(order):
        for i in range(len(permutation) // batch):
            rows = torch.from_numpy(permutation[i * batch : (i + 1) * batch].astype('int64'))
            step(model, adam, x[rows], y[rows])
            if number in targets:
                if pruner:
                    pruner.step()
                    # Its parameters are new ones.
                    adam = optimizer(model, rate)
                else:
                    update(model, method, targets[number])
            number += 1
    for layer in layers(model):
        if prune.is_pruned(layer):
            prune.remove(layer, 'weight')
    return {
        'accuracy': accuracy(model, mnist),
        'kept': sum(int((layer.weight != 0).sum()) for layer in layers(model)),
        **sizes(lambda path: torch.save(model.state_dict(), path), 'pt'),
    }


def pruned(name: str, method: str, sparsity: float) -> tuple[nn.Module, float]:
    """A fresh network, pruned, and the seconds that this took."""
    model = network(name)
    if method == 'channels':
        return model, seconds(channel_pruner(model, [sparsity]).step)
    return model, seconds(lambda: update(model, method, sparsity))


def clock(name, method, sparsity, batch, rounds) -> dict:
    x, y = torch.rand(batch, 1, 28, 28), torch.randint(10, (batch,))
    masked, dense = pruned(name, method, sparsity)[0], network(name)
    steps = [
        lambda model=model, adam=optimizer(model, 1e-3): step(model, adam, x, y) for model in (masked, dense)
    ]
    updates = [pruned(name, method, sparsity)[1] for _ in range(6)]
    return {**step_times(*steps, rounds), 'updateSeconds': statistics.median(updates[1:])}


def masks(cases) -> list:
    """The masks of weights in torch's layout, as nested lists."""
    return [mask_of(**case) for case in cases]


def mask_of(how: str, values: list, amounts: list, p: int = 1) -> list:
    modules = []
    for value in values:
        module = nn.Module()
        module.weight = nn.Parameter(torch.tensor(value, dtype=torch.float32))
        modules.append(module)
    for amount in amounts:
        if how == 'global':
            pairs = [(module, 'weight') for module in modules]
            prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=amount)
            continue
        for module in modules:
            if how == 'element':
                prune.l1_unstructured(module, 'weight', amount=amount)
            else:
                prune.ln_structured(module, 'weight', amount=amount, n=p, dim=0)
    return [module.weight_mask.tolist() for module in modules]


serve({
    'versions': lambda: {'torch': torch.__version__, 'torch-pruning': version('torch-pruning')},
    'train': train,
    'time': clock,
    'masks': masks,
})
