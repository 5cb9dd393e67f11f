import type {LayersModel} from '@tensorflow/tfjs-layers';
import {size} from './axes';
import {bitsNow} from './bits';
import {kindOf, kinds} from './kinds';
import {table} from './table';
import {assertLayersModel, type Layer} from './tfjs';
import {type Leaf, leaves} from './tree';
import {
  callsOf,
  hasLargeWeight,
  isSparse,
  ones,
  prunableWeights,
  usesIn,
  type Weight,
  weightsOf,
} from './weight';

/** What is left of each prunable weight of a model. */
export interface Report {
  readonly weights: readonly WeightReport[];
  readonly total: Totals;
  /** The layers with a weight of two or more dimensions and no mask; of what `sparsify` made, that are always dense. */
  readonly skipped: readonly {readonly layer: string; readonly reason: string}[];
  /** All of it as a table. */
  toString(): string;
}

export interface Totals {
  /** How many elements there are and how many the masks keep. */
  readonly size: number;
  readonly kept: number;
  /** The share of elements that the masks do not keep, from 0 to 1. */
  readonly sparsity: number;
  /** Multiplications by a kept element for one example; dimensions of unknown size count as 1. */
  readonly macs: number;
  /** The kept elements as float32, without their positions. Plain tfjs saves `size` of them, zeros and all. */
  readonly bytes: number;
}

export interface WeightReport extends Totals {
  readonly name: string;
  readonly layer: string;
  readonly shape: readonly number[];
  /** Of what `sparsify` made: `sparse` or `dense`, and why, for the inputs it had last, or for one example. */
  readonly runs?: string;
}

/**
 * What is left of each prunable weight of a model, and which layers have no mask and why. Of a model that `sparsify`
 * made, what is not 0 of each weight, and how it is computed.
 *
 * @throws if the model is not a LayersModel, or has no prunable layer.
 */
export function report(model: LayersModel): Report {
  assertLayersModel('report', model);
  const all = leaves(model);
  const isFast = all.some(({layer}) => isSparse(layer));
  const weights = isFast ? all.flatMap(sparseRows) : prunableWeights(model, 'report').map(maskedRow);
  const sum = (field: 'size' | 'kept' | 'macs') => weights.reduce((total, row) => total + row[field], 0);
  const total = totals(sum('size'), sum('kept'), sum('macs'));
  const skipped = all.flatMap(({layer, path}) => {
    const reason = isFast ? whyDense(layer) : whySkipped(layer);
    return reason === undefined ? [] : [{layer: path, reason}];
  });
  return {weights, total, skipped, toString: () => toText(weights, total, skipped)};
}

function maskedRow({name, layer, mask, uses}: Weight): WeightReport {
  const kept = ones(bitsNow(mask));
  return {name, layer, shape: mask.shape, ...totals(mask.size, kept, kept * uses)};
}

function sparseRows({layer, path, calls}: Leaf): WeightReport[] {
  if (!isSparse(layer)) return [];
  const [[field, layout]] = Object.entries(kindOf(layer)?.weights ?? {});
  const {shape, kept, runs} = layer.sparseWeight();
  const macs = kept * calls * usesIn(callsOf(layer), layout, shape);
  return [{name: `${path}/${field}`, layer: path, shape, ...totals(size(shape), kept, macs), runs}];
}

function totals(size: number, kept: number, macs: number): Totals {
  return {size, kept, sparsity: 1 - kept / size, macs, bytes: kept * Float32Array.BYTES_PER_ELEMENT};
}

function whySkipped(layer: Layer): string | undefined {
  if (!hasLargeWeight(layer) || weightsOf(layer).length > 0) {
    return undefined;
  }
  const name = layer.getClassName();
  return Object.keys(kinds[name]?.weights ?? {}).length > 0
    ? `a plain ${name}; prunable() gives it a mask`
    : `${name} has no prunable counterpart; makePrunable() makes one`;
}

function whyDense(layer: Layer): string | undefined {
  return hasLargeWeight(layer) && !isSparse(layer)
    ? `as ${layer.getClassName()} has no sparse product`
    : undefined;
}

function toText(weights: readonly WeightReport[], total: Totals, skipped: Report['skipped']): string {
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
  const label = isFast ? 'always dense' : 'not masked';
  return [table(rows, 2), ...skipped.map(({layer, reason}) => `${label}: ${layer}, ${reason}`)].join('\n');
}
