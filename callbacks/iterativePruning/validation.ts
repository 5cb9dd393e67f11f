import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {shadow} from '../../src/model/shadow';
import {modelInternals} from '../../src/model/tfjs';
import {evaluationsOf} from '../evaluation';

type Figures = Record<string, number>;

/** Repeats the validation that fit does, at any time. */
export interface Validation {
  /** What fit would log of the validation data now, and the evaluations beside it. */
  again(): Promise<Figures>;
  stop(): void;
}

/**
 * Watches how fit validates a model, to be able to do it again within the same fit.
 *
 * @param byDataset Whether it is fitDataset that runs.
 */
export function watchValidation(model: LayersModel, byDataset: boolean): Validation {
  const internals = modelInternals(model);
  let repeat: (() => unknown) | undefined;
  let evaluating = false;
  // What callbacks of others evaluate goes through evaluate; fit runs the loop inside it.
  const ends = [
    shadow(internals, 'testLoop', (original) => (...args) => {
      if (!evaluating && !byDataset) repeat = () => original(...args);
      return original(...args);
    }),
    shadow(internals, 'evaluate', (original) => (...args) => {
      // fitDataset comes first.
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
    again: async () => {
      const figures: Figures = {};
      const found = [await repeat?.()].flat().filter((scalar) => scalar !== undefined);
      const labels = internals.getDedupedMetricsNames();
      for (const [i, figure] of (await Promise.all(found.map(scalarOf))).entries()) {
        figures[`val_${labels[i]}`] = figure;
      }
      for (const evaluation of evaluationsOf(model)) {
        Object.assign(figures, await evaluation.figures());
      }
      return figures;
    },
    stop: () => {
      for (const end of ends) end();
    },
  };
}

/** A number, or the one in a tensor that is then disposed. */
export async function scalarOf(scalar: unknown): Promise<number> {
  if (typeof scalar === 'number') return scalar;
  const tensor = scalar as Tensor;
  const [value] = Array.from(await tensor.data());
  tensor.dispose();
  return value;
}

/** A figure in the logs, which may be a tensor there. */
export async function figureOf(logs: Logs, name: string): Promise<number> {
  const figure: unknown = logs[name];
  return typeof figure === 'number' ? figure : Array.from(await (figure as Tensor).data())[0];
}
