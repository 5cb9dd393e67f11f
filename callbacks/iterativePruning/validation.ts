import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {shadow} from '../../src/model/shadow';
import {modelInternals} from '../../src/model/tfjs';
import {joinRun} from '../shared/trainingRun';

type Figures = Record<string, number>;

/** Repeats the validation of a fit at any time. */
export interface Validation {
  /** The figures that fit and the evaluations in its list of callbacks would log now. */
  repeat(): Promise<Figures>;
  stop(): void;
}

/**
 * Watches how fit validates a model, to repeat it within the same fit.
 *
 * @param byDataset Whether fitDataset runs.
 */
export function watchValidation(model: LayersModel, byDataset: boolean): Validation {
  const internals = modelInternals(model);
  let repeat: (() => unknown) | undefined;
  let evaluating = false;
  // Other callbacks evaluate through evaluate(); fit calls the loop inside it.
  const ends = [
    shadow(internals, 'testLoop', (original) => (...args) => {
      if (!evaluating && !byDataset) repeat = () => original(...args);
      return original(...args);
    }),
    shadow(internals, 'evaluate', (original) => (...args) => {
      // The first call is that of fitDataset.
      if (byDataset) repeat ??= () => original(...args);
      evaluating = true;
      try {
        return original(...args);
      } finally {
        evaluating = false;
      }
    }),
    shadow(internals, 'evaluateDataset', (original) => (...args) => {
      if (byDataset) repeat ??= () => original(...args);
      return original(...args);
    }),
  ];
  return {
    repeat: async () => {
      const figures: Figures = {};
      const found = [await repeat?.()].flat().filter((scalar) => scalar !== undefined);
      const labels = internals.getDedupedMetricsNames();
      for (const [i, figure] of (await Promise.all(found.map(scalarOf))).entries()) {
        figures[`val_${labels[i]}`] = figure;
      }
      for (const evaluator of joinRun(model).evaluators) {
        Object.assign(figures, await evaluator.figures());
      }
      return figures;
    },
    stop: () => {
      for (const end of ends) end();
    },
  };
}

/** A number, or the value of a scalar tensor, which is disposed. */
export async function scalarOf(scalar: unknown): Promise<number> {
  if (typeof scalar === 'number') return scalar;
  const tensor = scalar as Tensor;
  const [value] = Array.from(await tensor.data());
  tensor.dispose();
  return value;
}

/** A figure in the logs, where it may be a tensor. */
export async function figureOf(logs: Logs, name: string): Promise<number> {
  const figure: unknown = logs[name];
  return typeof figure === 'number' ? figure : Array.from(await (figure as Tensor).data())[0];
}
