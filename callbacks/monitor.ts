import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import type {Evaluation} from './evaluation';
import {figureOf, scalarOf} from './validation';

/** How many training examples tell enough. */
const SAMPLE = 1000;

/** Throws unless the logs of a run will have a figure. */
export function assertMonitored(
  who: string,
  monitor: string,
  {metrics = []}: {metrics?: unknown},
  evaluations: readonly Evaluation[],
): void {
  const known = [...(metrics as string[]), ...evaluations.flatMap(({names}) => names)];
  if (!known.includes(monitor)) {
    const hint = known.some((name) => name.startsWith('val_')) ? '' : '; fit got no validation data';
    throw new Error(`${who}: the logs have no "${monitor}", only ${known.join(', ')}${hint}`);
  }
}

/** The monitored metric on training data: of the sample, or as the epoch logged it; NaN if it has none. */
export async function onTraining(
  model: LayersModel,
  {monitor, sample}: {monitor: string; sample?: readonly Tensor[]},
  logs: Logs,
): Promise<number> {
  const name = monitor.replace(/^val_/, '');
  if (sample === undefined) return name in logs ? figureOf(logs, name) : Number.NaN;
  const [x, y] = sample.map((tensor) => tensor.slice(0, Math.min(SAMPLE, tensor.shape[0])));
  const scalars = [model.evaluate(x, y, {batchSize: 100})].flat();
  const values = await Promise.all(scalars.map(scalarOf));
  x.dispose();
  y.dispose();
  const at = model.metricsNames.indexOf(name);
  return at >= 0 ? values[at] : Number.NaN;
}

/** What to say where training ends before anything could be pruned. */
export function neverReached(
  {baseline, monitor}: {baseline?: number; monitor: string},
  found: number,
): Error {
  return new Error(
    `iterativePruning: nothing was pruned, as ${monitor} did not reach the baseline ${baseline ?? ''} ` +
      `(it is ${found} at best); train longer, or ask for less. The model is as trained`,
  );
}
