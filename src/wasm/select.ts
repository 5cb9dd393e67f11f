import {type LogicalAndInputs, type SelectInputs, util} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

type Select = Kernel<SelectInputs>;
type LogicalAnd = Kernel<LogicalAndInputs>;

/**
 * `condition ? t : e`, elementwise, as in the gradient of clipped activations such as the hard sigmoid of recurrent layers.
 * Falls back to the stock kernel for conditions of another shape.
 */
export const select =
  (stock: Select): Select =>
  (args) => {
    const {
      inputs: {condition, t, e},
      backend,
    } = args;
    const alike = util.arraysEqual(condition.shape, t.shape) && t.dtype === e.dtype;
    if (!alike || t.dtype === 'string') return stock(args);
    const out = backend.makeOutput(t.shape, t.dtype);
    const conditions = backend.typedArrayFromHeap(condition);
    const [yes, no] = [backend.typedArrayFromHeap(t), backend.typedArrayFromHeap(e)];
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = conditions[i] ? yes[i] : no[i];
    return out;
  };

/** `a && b`, elementwise. Falls back to the stock kernel for different shapes. */
export const logicalAnd =
  (stock: LogicalAnd): LogicalAnd =>
  (args) => {
    const {
      inputs: {a, b},
      backend,
    } = args;
    if (!util.arraysEqual(a.shape, b.shape)) return stock(args);
    const out = backend.makeOutput(a.shape, 'bool');
    const [left, right] = [backend.typedArrayFromHeap(a), backend.typedArrayFromHeap(b)];
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = left[i] && right[i] ? 1 : 0;
    return out;
  };
