import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe} from '../../util/describe';
import {accuracy} from './accuracy';
import {compiledFigures, compiledNames, confusionOf, type Examples} from './evaluate';
import type {Metric} from './metric';
import {type Mode, modeFor, modeOf} from './mode';

const BATCH_SIZE = 256;

/** A figure of a model on some data. */
export interface Measure {
  readonly name: string;
  readonly mode: Mode;
  of(data: Examples): Promise<number>;
}

/**
 * The figure that is asked for, or the one that suits the model.
 *
 * @throws if the model does not have it, or if it is not known whether it is better large or small.
 */
export function measureFor(
  who: string,
  model: LayersModel,
  metric: Metric | string = usual(who, model),
  mode?: Mode,
): Measure {
  if (typeof metric === 'string') {
    const names = compiledNames(who, model);
    if (!names.includes(metric)) {
      throw new Error(`${who}: the model has no metric "${metric}"; it is compiled with ${names.join(', ')}`);
    }
    const of = async (data: Examples) => (await compiledFigures(who, model, data, BATCH_SIZE))[metric];
    return {name: metric, mode: modeFor(who, metric, mode), of};
  }
  if (typeof metric?.metricName !== 'string') {
    throw new Error(
      `${who}: metric must be a metric, as f1(), or the name of a compiled one, as 'loss', got ${describe(metric)}`,
    );
  }
  if (model.outputs.length > 1) {
    throw new Error(
      `${who}: ${metric.metricName} is of one output, and model "${model.name}" has ${model.outputs.length} outputs; ` +
        "give a compiled metric by its name, as 'loss'",
    );
  }
  const of = async (data: Examples) => metric(await confusionOf(who, model, data, BATCH_SIZE));
  return {name: metric.metricName, mode: modeFor(who, metric.metricName, mode), of};
}

/**
 * Accuracy for classifiers that are compiled with it or with no metric; else the first compiled metric whose name tells
 * its mode, or the loss.
 */
function usual(who: string, model: LayersModel): Metric | string {
  const {optimizer, outputs} = model;
  if (optimizer == null && outputs.length === 1) return accuracy();
  const names = compiledNames(who, model);
  const isOwn = names.length === 1 || names.includes('acc');
  return isOwn && isClassifier(model) ? accuracy() : usualName(names, outputs.length);
}

/**
 * The figure to go by where none is named: of one output its first metric whose name implies its mode; else the loss.
 *
 * @param names The loss and the metrics. @param prefix What their names start with.
 */
export function usualName(names: readonly string[], outputs: number, prefix = ''): string {
  const loss = `${prefix}loss`;
  if (outputs > 1 && names.includes(loss)) return loss;
  const isMetric = (name: string) => name.startsWith(prefix) && name !== loss && modeOf(name) !== undefined;
  return names.find(isMetric) ?? loss;
}

/** Whether a model is a single-label classifier, by its loss. */
function isClassifier({loss, outputs}: LayersModel): boolean {
  const [{shape}] = outputs;
  const [name] = typeof loss === 'object' ? Object.values(loss) : [loss];
  const isOneClass =
    name === 'binaryCrossentropy' ? shape[shape.length - 1] === 1 : /^(sparse)?categorical/i.test(`${name}`);
  return outputs.length === 1 && isOneClass;
}
