import * as tf from '@tensorflow/tfjs';
import {Presets, SingleBar} from 'cli-progress';
import type {Pruning} from 'tfjs-pruning/callbacks';

/** A bar with loss, accuracy and sparsity while fit works; where there is no terminal, a line an epoch. */
export function progress(pruner: Pruning, steps: number): tf.CustomCallback {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} %  loss {loss}  accuracy {acc}  sparsity {sparsity}  {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  const texts = (logs?: tf.Logs) => ({
    loss: logs ? Number(logs.loss).toFixed(4) : '…',
    acc: logs ? percent(Number(logs.acc)) : '…',
    sparsity: percent(pruner.results.at(-1)?.sparsity ?? 0),
  });
  return new tf.CustomCallback({
    onTrainBegin: () => bar.start(steps, 0, texts()),
    onBatchEnd: (_, logs) => bar.increment(1, texts(logs)),
    onEpochEnd: (epoch, logs) => {
      if (!process.stdout.isTTY) {
        const {loss, acc, sparsity} = texts(logs);
        console.log(`epoch ${epoch + 1}: loss ${loss}, accuracy ${acc}, sparsity ${sparsity}`);
      }
    },
    onTrainEnd: () => bar.stop(),
  });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
