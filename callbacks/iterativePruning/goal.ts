import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Mode} from '../../src/evaluate/metric/mode';
import {joinRun} from '../shared/trainingRun';
import {type Budget, budget} from './budget';
import {monitored} from './monitor';
import type {Loop} from './options';

/** The loop's options with the monitored metric and its budget. */
export type Goal = Loop & {monitor: string; mode: Mode; budget: Budget};

/**
 * Chooses the metric to monitor, in the first epoch: only then are all evaluations known.
 *
 * @param metrics The names in the logs of fit.
 * @throws if the logs do not have it.
 */
export function goalFor(model: LayersModel, loop: Loop, metrics: unknown): Goal {
  const evaluated = [...joinRun(model).evaluators].flatMap(({names}) => names);
  const known = [...((metrics ?? []) as string[]), ...evaluated];
  const {monitor, mode} = monitored('iterativePruning', loop, known, model.outputs.length);
  return {...loop, monitor, mode, budget: budget(mode, loop.maxDrop, loop.level)};
}
