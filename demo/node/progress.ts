import * as tf from '@tensorflow/tfjs';
import {Presets, SingleBar} from 'cli-progress';
import type {Pruning} from 'tfjs-pruning/callbacks';

/** Prints loss, accuracy and sparsity per epoch, and in a terminal a progress bar within the epoch. */
export function progress(pruner: Pruning, stepsPerEpoch: number): tf.CustomCallback {
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
    onEpochBegin: () => bar.start(stepsPerEpoch, 0, texts()),
    onBatchEnd: (_, logs) => bar.increment(1, texts(logs)),
    onEpochEnd: (epoch, logs) => {
      bar.stop();
      const {loss, acc, sparsity} = texts(logs);
      console.log(`epoch ${epoch + 1}: loss ${loss}, accuracy ${acc}, sparsity ${sparsity}`);
    },
    // An interrupted epoch does not reach onEpochEnd.
    onTrainEnd: () => bar.stop(),
  });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
