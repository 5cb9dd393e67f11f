import {makers} from 'virtual:makers';
import {train as optimizers} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {distillation, type Pruning, pruning, quantization, sparsityLoss} from 'tfjs-pruning/callbacks';
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
  /** Teaches the network of a run that prunes. */
  teacher?: LayersModel;
}

/** One fit: a quarter to learn, half to prune gradually, a quarter to recover. */
export async function train(run: Run): Promise<void> {
  const {network, settings, kind, mnist, control, turns, traces, tell} = run;
  const {epochs, digits, rate} = settings;
  const perEpoch = Math.ceil(digits / BATCH);
  const steps = epochs * perEpoch;
  const twin = kind === 'train' && settings.twin === 1;
  const pruner = kind === 'train' ? prunerOf(settings, traces, perEpoch) : undefined;

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
  await network.pruned.fitDataset(batches as never, {
    epochs,
    batchesPerEpoch: perEpoch,
    verbose: 0,
    callbacks: [
      watcher.stopwatch,
      ...additions(run),
      ...(pruner ? [pruner] : []),
      ...quantizer(run),
      watcher,
    ],
  });
}

/** The penalty and the teacher that the settings ask for. */
function additions({settings: {penalty, strength}, kind, teacher}: Run) {
  return [
    ...(teacher ? [distillation({teacher})] : []),
    ...(penalty && kind === 'train' ? [sparsityLoss({penalty: makers.penalty[penalty](0), strength})] : []),
  ];
}

/** Quantizes when the masks are final; those of a run of recovery always are. */
function quantizer({settings, kind}: Run) {
  const {bits} = settings;
  return bits > 0 ? [quantization({bits, begin: kind === 'train' ? finalEpoch(settings) : 0})] : [];
}

/** The first epoch with final masks of a run that quantizes, which can begin between epochs only. */
function finalEpoch({epochs}: Settings): number {
  if (epochs < 2) {
    throw new Error('Quantization begins in the epoch after the pruning. Set at least 2 epochs.');
  }
  return Math.min(epochs - 1, Math.ceil(epochs * 0.75));
}

function prunerOf(settings: Settings, traces: Traces, perEpoch: number): Pruning {
  const steps = settings.epochs * perEpoch;
  const begin = Math.floor(steps / 4);
  const end = settings.bits > 0 ? finalEpoch(settings) * perEpoch - 1 : Math.floor((steps * 3) / 4);
  return pruning({
    ...traces.watch(recipeOf(settings)),
    schedule: makers.schedule[settings.schedule](settings.target / 100),
    unit: 'batch',
    begin,
    end,
    every: Math.ceil((end - begin) / UPDATES),
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
