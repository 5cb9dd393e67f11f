import {
  type Conv2DAttrs,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type Conv2DInputs,
  type DataId,
  engine,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type {Kernel} from '../backend';

/** A call of `engine().gradients`. */
interface Run {
  /** The ids of the tensors by which gradients are computed, and of those made of them by the first nodes of the tape. */
  readonly ids: Set<number>;
  nodes: number;
  /** The filters of fused convolutions of inputs that depend on none of them, and of all other convolutions. */
  readonly unused: Set<DataId>;
  readonly used: Set<DataId>;
}

let run: Run | undefined;

/**
 * Notes by which tensors gradients are computed, so that `withoutUnusedGradient` leaves out others, until the returned function is
 * called.
 */
export function noteGradients(): () => void {
  const tfjs = engine();
  const original = tfjs.gradients;
  let active = true;
  const noted: typeof original = <T extends Tensor>(
    f: () => T,
    xs: Tensor[],
    ...more: [dy?: T, allowNoGradients?: boolean]
  ) => {
    const before = run;
    // Gradients of gradients need others.
    const isOutermost = active && tfjs.state.gradientDepth === 0;
    run = isOutermost
      ? {ids: new Set(xs.map(({id}) => id)), nodes: 0, unused: new Set(), used: new Set()}
      : undefined;
    try {
      return original.call(tfjs, f, xs, ...more) as {value: T; grads: Tensor[]};
    } finally {
      run = isOutermost ? before : undefined;
    }
  };
  tfjs.gradients = noted;
  return () => {
    active = false;
    if (tfjs.gradients === noted) tfjs.gradients = original;
  };
}

type Convolution = Kernel<Conv2DInputs, Conv2DAttrs>;

/** Notes whether a convolution has an input by which no gradient is computed. */
export const noteConvolution =
  (isFused: boolean) =>
  (kernel: Convolution): Convolution =>
  (args) => {
    const {x, filter} = args.inputs;
    if (run && engine().state.gradientDepth === 1) {
      const isUnused = isFused && !hasGradient(x as Tensor, run);
      (isUnused ? run.unused : run.used).add(filter.dataId);
    }
    return kernel(args);
  };

/** Whether a tensor is made of one by which gradients are computed. */
function hasGradient({id}: Tensor, run: Run): boolean {
  const tape = engine().state.activeTape ?? [];
  for (; run.nodes < tape.length; run.nodes++) {
    const {inputs, outputs} = tape[run.nodes];
    if (Object.values(inputs).some((input) => input && run.ids.has(input.id))) {
      for (const output of outputs) run.ids.add(output.id);
    }
  }
  return run.ids.has(id);
}

/**
 * The gradient of a convolution by its input. tfjs computes that of a fused convolution even for the first layer of a network,
 * where nothing uses it: then it is not computed, and left as the memory was.
 */
export const withoutUnusedGradient =
  (kernel: Kernel<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>): typeof kernel =>
  (args) => {
    const {dataId} = args.inputs.filter;
    // A transposed convolution runs this kernel forward.
    const isBackward = engine().state.gradientDepth === 0;
    const isUnused = isBackward && run?.unused.has(dataId) && !run.used.has(dataId);
    return isUnused ? args.backend.makeOutput(args.attrs.inputShape, 'float32') : kernel(args);
  };
