import type {io} from '@tensorflow/tfjs-core';
import {size} from '../model/axes';
import {table} from '../util/table';
import {dequantized} from './dequantized';
import {isKernel} from './pruneArtifacts';
import {stripped} from './write/stripped';
import {type StoredTensor, tensorsOf} from './write/tensors';

/** The sparsity of a saved model. */
export interface ArtifactsReport {
  /** One row for each weight that pruneArtifacts prunes by default. */
  readonly weights: readonly (ArtifactsTotals & {readonly name: string; readonly shape: readonly number[]})[];
  /** The totals of these weights. */
  readonly total: ArtifactsTotals;
  /** Number of float parameters, with biases and batch norms, without optimizer slots. */
  readonly parameters: number;
  /** Size of all saved tensors in bytes. */
  readonly bytes: number;
  /** The report as a table. */
  toString(): string;
}

/** Value counts for a saved model. */
export interface ArtifactsTotals {
  /** Number of elements. */
  readonly size: number;
  /** Number of nonzero elements. */
  readonly kept: number;
  /** Share of zeros, in [0, 1]. */
  readonly sparsity: number;
}

/**
 * Reports the sparsity of a saved layers or graph model. Masked elements count as zeros.
 *
 * @param artifacts A model's artifacts, as a tf.io handler loads them.
 * @returns a row per weight and the totals; as text, a table.
 * @throws unless these are artifacts with weights.
 * @example console.log(`${reportArtifacts(artifacts)}`);
 */
export function reportArtifacts(artifacts: io.ModelArtifacts): ArtifactsReport {
  const who = 'reportArtifacts';
  const stored = tensorsOf(who, artifacts);
  const [, tensors] = stripped(who, artifacts.modelTopology, stored);
  const weights = tensors
    .filter(({spec}) => isKernel(spec))
    .map((tensor) => {
      const {name, shape} = tensor.spec;
      return {name, shape, ...totals(size(shape), keptOf(tensor))};
    });
  const sum = (field: 'size' | 'kept') => weights.reduce((all, row) => all + row[field], 0);
  const total = totals(sum('size'), sum('kept'));
  const parameters = tensors
    .filter(({spec: {group, dtype}}) => group !== 'optimizer' && dtype === 'float32')
    .reduce((all, {spec}) => all + size(spec.shape), 0);
  const bytes = tensors.reduce((all, {bytes: {length}}) => all + length, 0);
  const cells = ({size, kept, sparsity}: ArtifactsTotals) => [
    size.toLocaleString('en'),
    kept.toLocaleString('en'),
    `${(sparsity * 100).toFixed(2)} %`,
  ];
  const toText = () =>
    [
      table(
        [
          ['weight', 'shape', 'size', 'not zero', 'sparsity'],
          ...weights.map((row) => [row.name, row.shape.join('×'), ...cells(row)]),
          ['total', '', ...cells(total)],
        ],
        2,
      ),
      `${parameters.toLocaleString('en')} parameters with biases, ${bytes.toLocaleString('en')} bytes`,
    ].join('\n');
  return {weights, total, parameters, bytes, toString: toText};
}

function keptOf(tensor: StoredTensor): number {
  const values = new Float32Array(dequantized(tensor).bytes.buffer);
  return values.reduce((kept, value) => kept + +(value !== 0), 0);
}

const totals = (size: number, kept: number): ArtifactsTotals => ({
  size,
  kept,
  sparsity: size === 0 ? 0 : 1 - kept / size,
});
