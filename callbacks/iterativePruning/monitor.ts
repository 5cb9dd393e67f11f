import {dispose} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {defaultMetricName} from '../../src/evaluate/metric/chooseMetric';
import {compiledFigures} from '../../src/evaluate/metric/evaluate';
import {type Mode, modeFor} from '../../src/evaluate/metric/mode';
import {type Examples, sliceExamples} from '../../src/model/batches';
import {figureOf} from './validation';

/** The number of training examples to evaluate. */
const SAMPLE = 1000;

/** The metric to monitor and its mode. @param known The names in the logs. @throws if the logs do not have it. */
export function monitored(
  who: string,
  {monitor, mode}: {monitor?: string; mode?: Mode},
  known: readonly string[],
  outputs: number,
): {monitor: string; mode: Mode} {
  const isValidated = known.some((name) => name.startsWith('val_'));
  const byDefault = () =>
    isValidated ? defaultMetricName(known, outputs, 'val_') : `val_${defaultMetricName(known, outputs)}`;
  const name = monitor ?? byDefault();
  if (!known.includes(name)) {
    const hint = isValidated ? '' : '; fit got no validation data';
    throw new Error(`${who}: the logs have no "${name}", only ${known.join(', ')}${hint}`);
  }
  return {monitor: name, mode: modeFor(who, name, mode)};
}

/** The monitored metric on training data: of the sample, or as the epoch logged it; NaN if there is neither. */
export async function onTraining(
  model: LayersModel,
  {monitor, sample}: {monitor: string; sample?: Examples},
  logs: Logs,
): Promise<number> {
  const name = monitor.replace(/^val_/, '');
  if (sample === undefined) return name in logs ? figureOf(logs, name) : Number.NaN;
  const [x, y] = sample.map((tensors) => sliceExamples(tensors, 0, SAMPLE));
  const figures = await compiledFigures('iterativePruning', model, [x, y], 100).finally(() =>
    dispose([...x, ...y]),
  );
  return figures[name] ?? Number.NaN;
}
