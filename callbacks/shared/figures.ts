import type {LayersModel} from '@tensorflow/tfjs-layers';
import {compiledNames} from '../../src/evaluate/metric/evaluate';
import type {Metric} from '../../src/evaluate/metric/metric';
import {describe} from '../../src/util/describe';
import {isRecord} from '../../src/util/options';

/** Library metrics and names of compiled ones, or library metrics by output. */
export type Metrics = readonly (Metric | string)[] | Readonly<Record<string, readonly Metric[]>>;

/** A figure by its name in the logs: a metric of the library for one output, or a compiled metric. */
export type Figure = {name: string} & ({metric: Metric; output: number} | {compiled: string});

/** Throws unless a value is metrics for `evaluation`. */
export function assertMetrics(metrics: unknown): void {
  if (metrics === undefined) return;
  const isByOutput = isRecord(metrics);
  const lists = isByOutput ? Object.values(metrics) : [metrics];
  const isMetric = (metric: unknown) =>
    typeof (metric as Metric | null)?.metricName === 'string' || (typeof metric === 'string' && !isByOutput);
  const isList = (list: unknown) => Array.isArray(list) && list.length > 0;
  const wrong = lists.every(isList)
    ? lists.flat().find((metric) => !isMetric(metric))
    : lists.find((list) => !isList(list));
  if (wrong !== undefined || lists.length === 0) {
    throw new Error(
      `evaluation: metrics must be a list as [f1(), accuracy()], got ${describe(isByOutput ? metrics : (wrong ?? metrics))}`,
    );
  }
}

/** The figures to evaluate. @throws if the model does not have one of them. */
export function figuresOf(model: LayersModel, metrics: Metrics | undefined): Figure[] {
  const {name: modelName, outputNames} = model;
  const compiled = (name: string): Figure => {
    const names = compiledNames('evaluation', model);
    if (!names.includes(name)) {
      throw new Error(
        `evaluation: the model has no metric "${name}"; it is compiled with ${names.join(', ')}`,
      );
    }
    return {name: `val_${name}`, compiled: name};
  };
  const own = (metric: Metric, output: number): Figure => {
    const prefix = outputNames.length > 1 ? `${outputNames[output]}_` : '';
    return {name: `val_${prefix}${metric.metricName}`, metric, output};
  };
  if (metrics === undefined) return compiledNames('evaluation', model).map(compiled);
  if (isList(metrics)) {
    return metrics.map((metric) => {
      if (typeof metric === 'string') return compiled(metric);
      if (outputNames.length === 1) return own(metric, 0);
      throw new Error(
        `evaluation: model "${modelName}" has ${outputNames.length} outputs; give ${metric.metricName} by output, as ` +
          `{metrics: {${outputNames[0]}: [${metric.metricName}()]}}`,
      );
    });
  }
  return Object.entries(metrics).flatMap(([name, list]) => {
    const output = outputNames.indexOf(name);
    if (output < 0) {
      throw new Error(
        `evaluation: model "${modelName}" has no output "${name}"; there are ${outputNames.join(', ')}`,
      );
    }
    return list.map((metric) => own(metric, output));
  });
}

/** Array.isArray, which does not distinguish readonly lists from objects. */
const isList = (metrics: object): metrics is readonly (Metric | string)[] => Array.isArray(metrics);
