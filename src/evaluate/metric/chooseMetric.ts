import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Examples} from '../../model/batches';
import {wrong} from '../../util/options';
import {accuracy} from './accuracy';
import {compiledFigures, compiledNames, confusionOf} from './evaluate';
import type {Metric} from './metric';
import {type Mode, modeFor, modeOf} from './mode';

const BATCH_SIZE = 256;

/** A metric of a model. */
export interface ModelMetric {
  readonly name: string;
  readonly mode: Mode;
  evaluate(data: Examples): Promise<number>;
}

/**
 * The given metric, or the default for a model.
 *
 * @throws if the model does not have it, or if its mode is unknown.
 */
export function chooseMetric(
  who: string,
  model: LayersModel,
  metric: Metric | string = defaultMetric(who, model),
  mode?: Mode,
): ModelMetric {
  if (typeof metric === 'string') {
    const names = compiledNames(who, model);
    if (!names.includes(metric)) {
      throw new Error(`${who}: the model has no metric "${metric}"; it is compiled with ${names.join(', ')}`);
    }
    const evaluate = async (data: Examples) => (await compiledFigures(who, model, data, BATCH_SIZE))[metric];
    return {name: metric, mode: modeFor(who, metric, mode), evaluate};
  }
  if (typeof metric?.metricName !== 'string') {
    throw wrong(who, 'metric', "a metric, as f1(), or the name of a compiled one, as 'loss'", metric);
  }
  if (model.outputs.length > 1) {
    throw new Error(
      `${who}: ${metric.metricName} is of one output, and model "${model.name}" has ${model.outputs.length} outputs; ` +
        "give a compiled metric by its name, as 'loss'",
    );
  }
  const evaluate = async (data: Examples) => metric(await confusionOf(who, model, data, BATCH_SIZE));
  return {name: metric.metricName, mode: modeFor(who, metric.metricName, mode), evaluate};
}

/**
 * Accuracy for classifiers that are compiled with it or with no metric; else the first compiled metric whose name implies
 * its mode, or the loss.
 */
function defaultMetric(who: string, model: LayersModel): Metric | string {
  const {optimizer, outputs} = model;
  if (optimizer == null && outputs.length === 1) return accuracy();
  const names = compiledNames(who, model);
  const isOwn = names.length === 1 || names.includes('acc');
  return isOwn && isClassifier(model) ? accuracy() : defaultMetricName(names, outputs.length);
}

/**
 * A model's default metric: of one output the first metric whose name implies its mode; else the loss.
 *
 * @param names The loss and the metrics. @param prefix The prefix of the names to consider.
 */
export function defaultMetricName(names: readonly string[], outputs: number, prefix = ''): string {
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
