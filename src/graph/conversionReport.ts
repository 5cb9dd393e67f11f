import type {LayersModel} from '@tensorflow/tfjs-layers';
import {table} from '../util/table';
import type {Converted, Outside} from './convert';

/** The result of `toLayersModel`: outputs, and the nodes without layers. */
export interface ConversionReport {
  /** The names of the nodes that the model outputs. */
  readonly outputs: readonly string[];
  /** The nodes that no layers compute, and those that need them, with the reason. */
  readonly outside: readonly Outside[];
  /** The report as text. */
  toString(): string;
}

const reports = new WeakMap<LayersModel, ConversionReport>();

/**
 * Reports which nodes of a graph model `toLayersModel` left out, and why.
 *
 * @param model A model that `toLayersModel` returned. Models loaded or made from it have no report.
 * @returns the outputs, and the nodes that no layers compute; as text, a line for each.
 * @throws if the model was not returned by `toLayersModel`.
 * @example console.log(`${conversionReport(await toLayersModel(graphModel))}`)
 */
export function conversionReport(model: LayersModel): ConversionReport {
  const report = reports.get(model);
  if (report === undefined) {
    throw new Error(
      'conversionReport: the model was not returned by toLayersModel(); give that model itself',
    );
  }
  return report;
}

/** Keeps the report of a model for as long as the model lives. */
export function noteReport(model: LayersModel, {outputs, outside}: Converted): void {
  const names = outputs.map(({name}) => name);
  const toText = () => {
    const rows = outside.map(({node, op, reason}) => [node, op, reason]);
    const left =
      rows.length === 0 ? 'all nodes are converted' : table([['left out', 'op', 'reason'], ...rows], 3);
    return [`outputs: ${names.join(', ')}`, left].join('\n');
  };
  reports.set(model, {outputs: names, outside, toString: toText});
}
