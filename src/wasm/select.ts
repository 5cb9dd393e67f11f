import {type LogicalAndInputs, type SelectInputs, util} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

type Select = Kernel<SelectInputs>;
type LogicalAnd = Kernel<LogicalAndInputs>;

/**
 * `condition ? t : e`, element by element; the gradient of a clipped activation, as the hard sigmoid of recurrent
 * layers, is one. A condition that is of another shape is left to the original.
 */
export const select =
  (original: Select): Select =>
  (args) => {
    const {
      inputs: {condition, t, e},
      backend,
    } = args;
    const alike = util.arraysEqual(condition.shape, t.shape) && t.dtype === e.dtype;
    if (!alike || t.dtype === 'string') return original(args);
    const out = backend.makeOutput(t.shape, t.dtype);
    const conditions = backend.typedArrayFromHeap(condition);
    const [yes, no] = [backend.typedArrayFromHeap(t), backend.typedArrayFromHeap(e)];
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = conditions[i] ? yes[i] : no[i];
    return out;
  };

/** Of two tensors of one shape; the rest is left to the original. */
export const logicalAnd =
  (original: LogicalAnd): LogicalAnd =>
  (args) => {
    const {
      inputs: {a, b},
      backend,
    } = args;
    if (!util.arraysEqual(a.shape, b.shape)) return original(args);
    const out = backend.makeOutput(a.shape, 'bool');
    const [left, right] = [backend.typedArrayFromHeap(a), backend.typedArrayFromHeap(b)];
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = left[i] && right[i] ? 1 : 0;
    return out;
  };
