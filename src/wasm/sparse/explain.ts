import {engine, type KernelBackend, type Tensor, util} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import {markOf, type Run} from './Mark';
import type {Plan} from './plan';
import {unsupportedReason} from './support';
import {outputsOf, type Window} from './window';

/** How a weight is used by an op, as far as it is known before. */
export interface Use {
  readonly window: Window;
  /** The shape of the input, with null where it is not known; undefined where nothing is. */
  readonly shape?: readonly (number | null)[];
}

/**
 * How a marked weight is computed: for the inputs that it had last, or for those that are given.
 *
 * @param use Its use, or why no nonzeros can compute it.
 */
export function explain(weight: Tensor, use?: Use | string): string {
  const mark = markOf(weight.dataId);
  const last = mark?.last;
  if (typeof use === 'string') return `dense, as ${use}`;
  const reason = unsupportedReason() ?? (typeof last === 'string' ? last : undefined);
  if (reason !== undefined) return `dense, as ${reason}`;
  if (typeof last === 'object') return describe(last.plan);
  if (mark === undefined || use?.shape === undefined || use.shape.includes(null)) {
    return 'as fits the size of its inputs, which is not known yet';
  }
  const backend = engine().backend as KernelBackend & WasmBackend;
  const values = () => engine().readSync(weight.dataId) as Float32Array;
  return describe(mark.run(backend, values, use.window, use.shape as number[]).plan);
}

/** The last run of a weight by its nonzeros or densely; undefined if there was none. */
export function lastRun(weight: Tensor): Run | undefined {
  const last = markOf(weight.dataId)?.last;
  return typeof last === 'object' ? last : undefined;
}

/** How many multiplications an element of a weight took part in at its last run; 1 if there was none. */
export function usesOf(weight: Tensor): number {
  const run = lastRun(weight);
  return run === undefined ? 1 : util.sizeFromShape(run.outShape) / outputsOf(run.window);
}

function describe({form, share}: Plan): string {
  const percent = `${(share * 100).toFixed(0)} % of the time of dense`;
  if (form !== undefined) return `sparse, in ${percent}`;
  return `dense, as sparse would take ${percent}${share < 1 ? ', of which an estimate is not sure' : ''}`;
}
