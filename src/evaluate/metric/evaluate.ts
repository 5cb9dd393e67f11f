import {dispose, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Examples} from '../../model/batches';
import {readTogether} from '../../model/readTogether';
import {standardize} from '../../model/standardize';
import {functionalOf, modelInternals} from '../../model/tfjs';
import {Counter} from './confusion';
import {type Batches, eachEvaluationBatch} from './data';
import type {Confusion} from './metric';

/** A model's confusion matrix on some data. @param output The index of the output to evaluate. */
export async function confusionOf(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
  output = 0,
): Promise<Confusion> {
  const counter = new Counter(who);
  await eachEvaluationBatch(who, model, data, batchSize, async (inputs, targets) => {
    const outputs = [model.predictOnBatch(inputs)].flat();
    try {
      await counter.add(outputs[output], targets[output]);
    } finally {
      dispose(outputs);
    }
  });
  return counter.confusion();
}

/** The names of the compiled loss and metrics, as in the logs. @throws if the model is not compiled. */
export function compiledNames(who: string, model: LayersModel): string[] {
  if (model.optimizer == null) {
    throw new Error(
      `${who}: model "${model.name}" is not compiled; call model.compile() with its loss first`,
    );
  }
  return modelInternals(functionalOf(model)).getDedupedMetricsNames();
}

/** A model's compiled loss and metrics on some data, averaged as in `model.evaluate`. */
export async function compiledFigures(
  who: string,
  model: LayersModel,
  data: Examples | Batches,
  batchSize: number,
): Promise<Record<string, number>> {
  const names = compiledNames(who, model);
  // Without evaluate(), which fit uses to validate and callbacks watch.
  const internals = modelInternals(functionalOf(model));
  const sums = names.map(() => 0);
  const examples = await eachEvaluationBatch(who, model, data, batchSize, async (inputs, targets) => {
    const scalars = tidy(() => {
      const [xs, ys] = standardize(who, model, inputs, targets);
      internals.makeTestFunction();
      // For several outputs tfjs returns sums of the first losses before the figures, unless upstream.ts is loaded.
      return internals.testFunction([...xs, ...ys]).slice(-names.length);
    });
    for (const [i, [figure]] of (await readTogether(scalars)).entries()) {
      sums[i] += figure * targets[0].shape[0];
    }
  });
  return Object.fromEntries(names.map((name, i) => [name, sums[i] / examples]));
}
