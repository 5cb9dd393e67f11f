import {makers} from 'virtual:makers';
import {train as optimizers} from '@tensorflow/tfjs-core';
import {type Pruning, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import type {Events, RunKind} from '../protocol';
import type {Settings} from '../settings';
import {BATCH, Batches, firstBlock} from './batches';
import type {Mnist} from './digits';
import {enableGradients} from './gradients';
import {recipeOf, type Traces} from './recipe';
import {type Watched, Watcher} from './watcher';

/** How often a run updates the masks, if it is long enough. */
const UPDATES = 40;

export interface Run extends Watched {
  kind: RunKind;
  mnist: Mnist;
}

/** One fit: a quarter to learn, half to prune gradually, a quarter to recover. */
export async function train(run: Run): Promise<void> {
  const {network, settings, kind, mnist, control, turns, traces, tell} = run;
  const {epochs, digits, rate} = settings;
  const perEpoch = Math.ceil(digits / BATCH);
  const steps = epochs * perEpoch;
  const twin = kind === 'train' && settings.twin === 1;
  const pruner = kind === 'train' ? prunerOf(settings, traces, steps) : undefined;

  const total = firstBlock(settings);
  const loaded = mnist.load(0, total, (have) => tell('digits', {have, total}));
  await turns.pause(() => Promise.race([loaded, control.whenStopped()]));
  if (control.stopped) {
    return;
  }
  await enableGradients();
  control.begin('running');
  tell('plan', planOf(pruner, epochs, perEpoch));

  network.compile(() => optimizers.adam(rate));
  const batches = new Batches(mnist, settings, twin ? network : undefined);
  const watcher = new Watcher(run, pruner, batches, perEpoch, steps);
  const {penalty, strength} = settings;
  const penalized =
    penalty && kind === 'train' ? [sparsityLoss({penalty: makers.penalty[penalty](0), strength})] : [];
  await network.pruned.fitDataset(batches as never, {
    epochs,
    batchesPerEpoch: perEpoch,
    verbose: 0,
    callbacks: [watcher.stopwatch, ...penalized, ...(pruner ? [pruner] : []), watcher],
  });
}

function prunerOf(settings: Settings, traces: Traces, steps: number): Pruning {
  return pruning({
    ...traces.watch(recipeOf(settings)),
    schedule: makers.schedule[settings.schedule](settings.target / 100),
    unit: 'batch',
    begin: Math.floor(steps / 4),
    end: Math.floor((steps * 3) / 4),
    every: Math.ceil(steps / 2 / UPDATES),
  });
}

function planOf(pruner: Pruning | undefined, epochs: number, perEpoch: number): Events['plan'] {
  const updates = pruner?.plan(epochs, perEpoch) ?? [];
  return {
    epochs,
    updates: updates.map(({batch, target}) => ({
      epoch: ((batch as number) + 1) / perEpoch,
      target: Number(target),
    })),
  };
}
