import type {io, NamedTensorMap, Tensor} from '@tensorflow/tfjs-core';

/** A GraphModel of tfjs, as `tf.loadGraphModel` makes it; its package is no dependency. */
export interface AnyGraphModel {
  readonly weights: Record<string, Tensor[]>;
  readonly outputNodes: string[];
  predict(inputs: Tensor | Tensor[] | NamedTensorMap): Tensor | Tensor[] | NamedTensorMap;
  executeAsync(inputs: Tensor | Tensor[] | NamedTensorMap): Promise<Tensor | Tensor[]>;
  save(handler: io.IOHandler): Promise<io.SaveResult>;
  dispose(): void;
}

/** A weight in a graph model from `sparsify`, and how its op is computed. */
export interface SparseOp {
  /** The names of weight and op. */
  readonly weight: string;
  readonly op: string;
  readonly shape: readonly number[];
  readonly kept: number;
  /** How many multiplications an element took part in at the last call; 1 before any. */
  readonly uses: number;
  /** `sparse` or `dense`, and why. */
  readonly runs: string;
}

/** A graph model that may compute by the nonzeros of its weights, as `sparsify` makes it. */
export interface SparseGraph {
  sparseOps(): SparseOp[];
}

export function isGraphModel(model: unknown): model is AnyGraphModel {
  return typeof (model as Partial<AnyGraphModel> | null)?.executeAsync === 'function';
}

export function isSparseGraph(model: unknown): model is SparseGraph {
  return typeof (model as Partial<SparseGraph> | null)?.sparseOps === 'function';
}
