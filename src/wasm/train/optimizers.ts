import {
  AdagradOptimizer,
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  mul,
  type NamedTensorMap,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
  type Variable,
} from '@tensorflow/tfjs-core';
import type {Kernel} from '../backend';
import {address} from '../sideModule';
import {type SimdName, simd} from '../simd';

/** A step of an optimizer class in one pass. */
interface Rule {
  readonly optimizer: {readonly prototype: Optimizer};
  /** The loop of the side module. */
  readonly loop: SimdName;
  /** The fields with the lists of slots, in the order of the loop. */
  readonly slots: readonly string[];
  /** The fields with scalar tensors. */
  readonly scalars: readonly string[];
  readonly numbers: (options: Record<string, number>) => number[];
  /** Updates the state that is not per weight. */
  readonly after?: (scalars: Variable[], options: Record<string, number>) => void;
}

const rules: Readonly<Record<string, Rule>> = {
  SgdStep: {optimizer: SGDOptimizer, loop: 'sgd', slots: [], scalars: ['c'], numbers: () => []},
  MomentumStep: {
    optimizer: MomentumOptimizer,
    loop: 'momentum',
    slots: ['accumulations'],
    scalars: ['c', 'm'],
    numbers: ({useNesterov}) => [Number(useNesterov)],
  },
  AdagradStep: {
    optimizer: AdagradOptimizer,
    loop: 'adagrad',
    slots: ['accumulatedGrads'],
    scalars: [],
    numbers: ({learningRate}) => [learningRate, engine().backend.epsilon()],
  },
  RmspropStep: {
    optimizer: RMSPropOptimizer,
    loop: 'rmsprop',
    slots: ['accumulatedMeanSquares', 'accumulatedMoments'],
    scalars: [],
    numbers: ({learningRate, decay, momentum, epsilon}) => [
      learningRate,
      decay,
      1 - decay,
      momentum,
      epsilon,
    ],
  },
  AdamStep: {
    optimizer: AdamOptimizer,
    loop: 'adam',
    slots: ['accumulatedFirstMoment', 'accumulatedSecondMoment'],
    scalars: ['accBeta1', 'accBeta2'],
    numbers: ({learningRate, beta1, beta2, epsilon}) => [
      learningRate,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
    ],
    after: ([power1, power2], {beta1, beta2}) => {
      power1.assign(mul(power1, beta1));
      power2.assign(mul(power2, beta2));
    },
  },
};

type Step = Kernel<Record<string, TensorInfo>, {numbers: number[]}, TensorInfo[]>;

/**
 * Computes the new slots and weight from a gradient, the slots, the weight and scalars. Writes to new memory, because clones
 * share the old memory, and the backend keeps a packed form of it.
 */
const stepOf =
  ({loop, slots: {length}}: Rule): Step =>
  ({inputs, attrs: {numbers}, backend}) => {
    const given = Object.values(inputs);
    const made = given.slice(1, length + 2).map(({shape}) => backend.makeOutput(shape, 'float32'));
    const order = [...given.slice(0, length + 2), ...made, ...given.slice(length + 2)];
    const size = util.sizeFromShape(given[0].shape);
    simd(backend)[loop](...order.map((info) => address(backend, info)), size, ...numbers);
    return made;
  };

/** The kernels of `fuseOptimizers` by name. */
export const optimizerKernels: Readonly<Record<string, () => Step>> = Object.fromEntries(
  Object.entries(rules).map(([name, rule]) => [name, () => stepOf(rule)]),
);

/**
 * Makes the optimizers of tfjs take a step on the WASM backend in one pass over the memory of each weight, instead of up to
 * thirteen. Every bit is the same, except that slots closer to 0 than 1e-36 become 0: the moments of masked weights would
 * decay to denormal numbers, which take ten times as long. Centered RMSProp keeps the step of tfjs.
 *
 * @returns a function that undoes it.
 */
export function fuseOptimizers(): () => void {
  const undo = Object.entries(rules).map(([name, rule]) => {
    const {prototype} = rule.optimizer;
    const original = prototype.applyGradients;
    let active = true;
    const fused: typeof original = function (this: Optimizer, gradients) {
      if (!active || !apply(name, rule, this, gradients)) original.call(this, gradients);
    };
    prototype.applyGradients = fused;
    return () => {
      // A later wrapper stays in place, and from now on reaches the original.
      active = false;
      if (prototype.applyGradients === fused) prototype.applyGradients = original;
    };
  });
  return () => {
    for (const one of undo) one();
  };
}

type Fields = Record<string, {variable: Variable}[]> &
  Record<string, Variable> &
  Record<string, number> & {incrementIterations(): void};

/** Takes a step; returns false if tfjs must take it, such as the first step, which creates the slots. */
function apply(
  name: string,
  {slots, scalars, numbers, after}: Rule,
  optimizer: Optimizer,
  gradients: Parameters<Optimizer['applyGradients']>[0],
): boolean {
  // tfjs declares these fields as protected.
  const fields: Fields = Object(optimizer);
  const list = Array.isArray(gradients)
    ? gradients.map(({name, tensor}) => [name, tensor] as const)
    : Object.entries(gradients);
  const updates = list.map(([name, gradient], i) => ({
    gradient: gradient as Tensor | undefined,
    variables: [
      ...slots.map((field) => fields[field][i]?.variable),
      engine().registeredVariables[name] as Variable | undefined,
    ],
  }));
  const isKnown = ({gradient, variables}: (typeof updates)[number]) =>
    [gradient ?? variables[0], ...variables].every((tensor) => tensor?.dtype === 'float32');
  if (engine().backendName !== 'wasm' || fields.centered || !updates.every(isKnown)) return false;
  const others = scalars.map((field) => fields[field]);
  tidy(() => {
    for (const {gradient, variables} of updates) {
      if (gradient == null) continue;
      const inputs = Object.fromEntries([gradient, ...variables, ...others].entries());
      const made = engine().runKernel(name, inputs as NamedTensorMap, {numbers: numbers(fields)}) as Tensor[];
      for (const [i, variable] of variables.entries()) variable?.assign(made[i]);
    }
    after?.(others, fields);
  });
  fields.incrementIterations();
  return true;
}
