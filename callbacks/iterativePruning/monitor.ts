import {dispose, type Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {compiledFigures, type Examples} from '../../src/evaluate/metric/evaluate';
import {usualName} from '../../src/evaluate/metric/measure';
import {type Mode, modeFor} from '../../src/evaluate/metric/mode';
import {figureOf} from './validation';

/** How many training examples tell enough. */
const SAMPLE = 1000;

/** The figure to go by and its mode, in a run whose logs have the known figures. @throws if they do not have it. */
export function monitored(
  who: string,
  {monitor, mode}: {monitor?: string; mode?: Mode},
  known: readonly string[],
  outputs: number,
): {monitor: string; mode: Mode} {
  const isValidated = known.some((name) => name.startsWith('val_'));
  const usual = () => (isValidated ? usualName(known, outputs, 'val_') : `val_${usualName(known, outputs)}`);
  const name = monitor ?? usual();
  if (!known.includes(name)) {
    const hint = isValidated ? '' : '; fit got no validation data';
    throw new Error(`${who}: the logs have no "${name}", only ${known.join(', ')}${hint}`);
  }
  return {monitor: name, mode: modeFor(who, name, mode)};
}

/** The monitored metric on training data: of the sample, or as the epoch logged it; NaN if it has none. */
export async function onTraining(
  model: LayersModel,
  {monitor, sample}: {monitor: string; sample?: Examples},
  logs: Logs,
): Promise<number> {
  const name = monitor.replace(/^val_/, '');
  if (sample === undefined) return name in logs ? figureOf(logs, name) : Number.NaN;
  const first = (tensor: Tensor) => tensor.slice(0, Math.min(SAMPLE, tensor.shape[0]));
  const [x, y] = sample.map((tensors) => [tensors].flat().map(first));
  const figures = await compiledFigures('iterativePruning', model, [x, y], 100).finally(() =>
    dispose([...x, ...y]),
  );
  return figures[name] ?? Number.NaN;
}

/** What to say where training ends before anything could be pruned. */
export function baselineError(
  {baseline, monitor}: {baseline?: number; monitor: string},
  found: number,
): Error {
  return new Error(
    `iterativePruning: nothing was pruned, as ${monitor} did not reach the baseline ${baseline ?? ''} ` +
      `(it is ${found} at best); train longer, or ask for less. The model is as trained`,
  );
}
