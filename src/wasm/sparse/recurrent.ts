import {
  BatchMatMul,
  engine,
  getKernel,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from '../backend';
import {address, sideModule} from '../sideModule';
import {binary} from './binary';

const kernels = sideModule<'lstm' | 'reset' | 'simple' | 'update'>(binary);

/** The activations that the steps compute, each with its place as its number. */
const ACTIVATIONS = ['linear', 'relu', 'tanh', 'sigmoid', 'hardSigmoid'];

/** Whether the steps compute an activation, by its class name. */
export const isRecurrentActivation = (name: string): boolean => ACTIVATIONS.includes(name);

/** A recurrent layer. */
export interface Recurrence {
  readonly cell: 'simple' | 'lstm' | 'gru';
  readonly units: number;
  /** Names of activations that the steps compute. */
  readonly activation: string;
  readonly recurrentActivation: string;
  /** Whether steps go from the last one to the first. */
  readonly isReversed: boolean;
  readonly returnsSequences: boolean;
}

/** The result of a recurrent layer for its input times its kernel: the outputs of all steps, and its states at the end. */
interface Inputs {
  /** [batch, steps, gates · units], with the bias. */
  x: TensorInfo;
  /** [units, gates · units] */
  recurrentKernel: TensorInfo;
}

/** A product with the recurrent kernel, freed with the step. */
type Times = (h: TensorInfo) => TensorInfo;

/** Of one step: the address of its part of x, and of y, and the bytes from an example to the next in both. */
interface Step {
  readonly x: number;
  readonly xStep: number;
  readonly y: number;
  readonly yStep: number;
}

type Advance = (
  backend: WasmBackend,
  step: Step,
  times: Times,
  states: TensorInfo[],
  codes: {activation: number; gate: number},
) => void;

const cells: Readonly<Record<Recurrence['cell'], {readonly states: number; readonly advance: Advance}>> = {
  simple: {
    states: 1,
    advance(backend, {x, xStep, y, yStep}, times, [h], {activation}) {
      const [batch, units] = h.shape;
      const z = address(backend, times(h));
      kernels(backend).simple(x, xStep, z, batch, units, activation, address(backend, h), y, yStep);
    },
  },
  lstm: {
    states: 2,
    advance(backend, {x, xStep, y, yStep}, times, [h, c], {activation, gate}) {
      const [batch, units] = h.shape;
      const [z, state, out] = [times(h), c, h].map((info) => address(backend, info));
      kernels(backend).lstm(x, xStep, z, batch, units, activation, gate, state, out, y, yStep);
    },
  },
  gru: {
    states: 1,
    advance(backend, {x, xStep, y, yStep}, times, [h], {activation, gate}) {
      const [batch, units] = h.shape;
      const [z, out] = [times(h), h].map((info) => address(backend, info));
      const kept = backend.makeOutput(h.shape, 'float32');
      kernels(backend).reset(x, xStep, z, batch, units, gate, out, address(backend, kept));
      // By the whole kernel again, whose nonzeros are listed, while only its last third counts.
      const w = address(backend, times(kept));
      kernels(backend).update(x, xStep, z, w, batch, units, activation, gate, out, y, yStep);
      backend.disposeData(kept.dataId);
    },
  },
};

const kernelName = 'Recurrence';

/** All steps of a recurrent layer, where tfjs runs some thirty kernels for each. */
const recurrence: Kernel<Inputs, Recurrence, TensorInfo[]> = ({
  inputs: {x, recurrentKernel},
  attrs: {cell, units, activation, recurrentActivation, isReversed, returnsSequences},
  backend,
}) => {
  const [batch, steps, width] = x.shape;
  const {states: count, advance} = cells[cell];
  const codes = {activation: ACTIVATIONS.indexOf(activation), gate: ACTIVATIONS.indexOf(recurrentActivation)};
  const y = backend.makeOutput([batch, returnsSequences ? steps : 1, units], 'float32');
  const states = Array.from({length: count}, () => {
    const state = backend.makeOutput([batch, units], 'float32');
    backend.typedArrayFromHeap(state).fill(0);
    return state;
  });
  const [from, to] = [x, y].map((info) => address(backend, info));
  for (let i = 0; i < steps; i++) {
    compose(backend, (run) => {
      const times = (h: TensorInfo) =>
        run(BatchMatMul, {a: h, b: recurrentKernel}, {transposeA: false, transposeB: false});
      const step = {
        x: from + 4 * width * (isReversed ? steps - 1 - i : i),
        xStep: 4 * width * steps,
        y: to + 4 * units * (returnsSequences ? i : 0),
        yStep: 4 * units * (returnsSequences ? steps : 1),
      };
      advance(backend, step, times, states, codes);
      return y;
    });
  }
  return [{...y, shape: returnsSequences ? y.shape : [batch, units]}, ...states];
};

/** The outputs and the states of a recurrent layer on the WASM backend, which has to be set. */
export function runRecurrence(x: Tensor, recurrentKernel: Tensor, attributes: Recurrence): Tensor[] {
  if (!getKernel(kernelName, 'wasm')) {
    registerKernel({kernelName, backendName: 'wasm', kernelFunc: recurrence as never});
  }
  return engine().runKernel(kernelName, {x, recurrentKernel}, {...attributes});
}
