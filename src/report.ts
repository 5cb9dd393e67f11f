import type {LayersModel} from '@tensorflow/tfjs-layers';
import {size} from './model/axes';
import {bitsSync} from './model/bits';
import {type AnyGraphModel, isSparseGraph, type SparseGraph} from './model/graphModel';
import {kinds} from './model/kinds';
import {type Network, readNetwork} from './model/network';
import {nonzerosSync, plainWeightsOf} from './model/plain';
import type {Layer} from './model/tfjs';
import {hasLargeWeight, hasMaskedWeight, isSparse, ones} from './model/weight';
import {table} from './util/table';

/** Sparsity and cost of a model's weights. */
export interface Report {
  /** The masked weights; in a model without masks all weights with two or more dimensions. */
  readonly weights: readonly WeightReport[];
  /** The sum of `weights`. */
  readonly total: Totals;
  /**
   * The layers whose weights are not counted: in a model with masks those with an unmasked weight of two or more dimensions,
   * in a model from `sparsify` those that are always dense; else none.
   */
  readonly skipped: readonly {readonly layer: string; readonly reason: string}[];
  /** The report as a table. */
  toString(): string;
}

/** Element counts, with their cost. */
export interface Totals {
  /** The number of elements. */
  readonly size: number;
  /** The number of elements that the mask keeps, or, without a mask, of those that are not 0. */
  readonly kept: number;
  /** The share of pruned elements, from 0 to 1; 0 without elements. */
  readonly sparsity: number;
  /**
   * Multiplications by a kept element for one example. Dimensions of unknown size count as 1, and custom layers without
   * masks as one multiplication per element.
   */
  readonly macs: number;
  /** The kept elements as float32, without their positions. Plain tfjs saves all `size` of them. */
  readonly bytes: number;
}

/** Sparsity and cost of one weight. */
export interface WeightReport extends Totals {
  /** The name of the weight, as `dense1/kernel`. */
  readonly name: string;
  /** The name of its layer. */
  readonly layer: string;
  /** Its shape, as tfjs has it. */
  readonly shape: readonly number[];
  /** In a model from `sparsify`: `sparse` or `dense`, and why, for the last inputs, or for one example. */
  readonly runs?: string;
}

/**
 * The sparsity, MACs and bytes of a model's weights. Masked weights are counted by their masks, without reading the
 * device. In a model without masks, as after `strip`, `compact` or loading, zeros count as pruned; new values that are
 * only on the device are then read synchronously. For a model from `sparsify` it also lists how each weight is computed. A
 * graph model from `sparsify` has a row per op, with the multiplications in its last call.
 *
 * @returns a row per weight and the totals; as text, a table.
 * @throws if the model is neither a LayersModel nor a graph model from `sparsify`.
 * @example console.log(`${report(model)}`);
 */
export function report(model: LayersModel | AnyGraphModel): Report {
  if (isSparseGraph(model)) return graphReport(model);
  // Other graph models are an error.
  const network = readNetwork('report', model as LayersModel);
  const {rowsOf, whySkipped, label} = countingOf(network);
  const weights = rowsOf(network);
  const total = sumOf(weights);
  const skipped = network.leaves.flatMap(({layer, path}) => {
    const reason = hasLargeWeight(layer) ? whySkipped(layer) : undefined;
    return reason === undefined ? [] : [{layer: path, reason}];
  });
  return {weights, total, skipped, toString: () => toText(weights, total, skipped, label)};
}

/** A way to count a model's weights. */
interface Counting {
  rowsOf: (network: Network) => WeightReport[];
  /** Why a layer with a large weight has no row; undefined if it has one. */
  whySkipped: (layer: Layer) => string | undefined;
  label: string;
}

function countingOf({leaves, weights}: Network): Counting {
  if (leaves.some(({layer}) => isSparse(layer))) return bySparseLayers;
  return weights.length > 0 ? byMasks : byZeros;
}

const byMasks: Counting = {
  rowsOf: ({weights}) =>
    weights.map(({name, layer, mask, uses}) => {
      const kept = ones(bitsSync(mask));
      return {name, layer, shape: mask.shape, ...totals(mask.size, kept, kept * uses)};
    }),
  whySkipped: (layer) => {
    if (hasMaskedWeight(layer)) return undefined;
    const name = layer.getClassName();
    return Object.keys(kinds[name]?.weights ?? {}).length > 0
      ? `a plain ${name}; prunable() gives it a mask`
      : `${name} has no prunable counterpart; makePrunable() makes one`;
  },
  label: 'not masked',
};

const byZeros: Counting = {
  rowsOf: ({leaves}) =>
    plainWeightsOf(leaves).map(({name, layer, value, uses}) => {
      const kept = nonzerosSync(value);
      return {name, layer, shape: value.shape, ...totals(value.size, kept, kept * uses)};
    }),
  whySkipped: () => undefined,
  label: '',
};

const bySparseLayers: Counting = {
  rowsOf: ({leaves}) =>
    leaves.flatMap((leaf) => {
      const {layer} = leaf;
      if (!isSparse(layer)) return [];
      return plainWeightsOf([leaf]).flatMap(({name, layer: path, value, uses}) => {
        const runs = layer.sparseRuns(value);
        if (runs === undefined) return [];
        const kept = nonzerosSync(value);
        return [{name, layer: path, shape: value.shape, ...totals(value.size, kept, kept * uses), runs}];
      });
    }),
  whySkipped: (layer) => (isSparse(layer) ? undefined : `as ${layer.getClassName()} has no sparse product`),
  label: 'always dense',
};

function graphReport(model: SparseGraph): Report {
  const weights = model.sparseOps().map(({op, weight, shape, kept, uses, runs}) => {
    return {name: weight, layer: op, shape, ...totals(size(shape), kept, kept * uses), runs};
  });
  const total = sumOf(weights);
  return {weights, total, skipped: [], toString: () => toText(weights, total, [], '')};
}

function sumOf(weights: readonly WeightReport[]): Totals {
  const sum = (field: 'size' | 'kept' | 'macs') => weights.reduce((total, row) => total + row[field], 0);
  return totals(sum('size'), sum('kept'), sum('macs'));
}

function totals(size: number, kept: number, macs: number): Totals {
  return {
    size,
    kept,
    sparsity: size === 0 ? 0 : 1 - kept / size,
    macs,
    bytes: kept * Float32Array.BYTES_PER_ELEMENT,
  };
}

function toText(
  weights: readonly WeightReport[],
  total: Totals,
  skipped: Report['skipped'],
  label: string,
): string {
  const numbers = ({size, kept, sparsity, macs, bytes}: Totals) => [
    size.toLocaleString('en'),
    kept.toLocaleString('en'),
    `${(sparsity * 100).toFixed(2)} %`,
    macs.toLocaleString('en'),
    bytes.toLocaleString('en'),
  ];
  const isFast = weights.some(({runs}) => runs !== undefined);
  const ran = (text = '') => (isFast ? [text] : []);
  const rows = [
    ['weight', 'shape', 'size', 'kept', 'sparsity', 'MACs', 'bytes', ...ran('runs')],
    ...weights.map((row) => [row.name, row.shape.join('×'), ...numbers(row), ...ran(row.runs)]),
    ['total', '', ...numbers(total), ...ran()],
  ];
  return [table(rows, 2), ...skipped.map(({layer, reason}) => `${label}: ${layer}, ${reason}`)].join('\n');
}
