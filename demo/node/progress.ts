import * as tf from '@tensorflow/tfjs';
import {Presets, SingleBar} from 'cli-progress';

/** Prints loss, accuracy, sparsity and the time of a step per epoch, and in a terminal a progress bar within the epoch. */
export function progress(sparsity: () => number, stepsPerEpoch: number): tf.CustomCallback {
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
    sparsity: percent(sparsity()),
  });
  let begin = 0;
  let spent = 0;
  return new tf.CustomCallback({
    onEpochBegin: () => {
      spent = 0;
      bar.start(stepsPerEpoch, 0, texts());
    },
    onBatchBegin: () => {
      begin = performance.now();
    },
    onBatchEnd: (_, logs) => {
      spent += performance.now() - begin;
      bar.increment(1, texts(logs));
    },
    onEpochEnd: (epoch, logs) => {
      bar.stop();
      const {loss, acc, sparsity} = texts(logs);
      const step = (spent / stepsPerEpoch).toFixed(1);
      console.log(
        `epoch ${epoch + 1}: loss ${loss}, accuracy ${acc}, sparsity ${sparsity}, ${step} ms per step`,
      );
    },
    // An interrupted epoch does not reach onEpochEnd.
    onTrainEnd: () => bar.stop(),
  });
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
