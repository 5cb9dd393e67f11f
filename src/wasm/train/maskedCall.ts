import {type DataId, dispose, engine, keep, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {type MaskedCall, type MaskedLayer, maskedCalls, needsDenseGradients} from '../../util/maskedCalls';
import type {WasmBackend} from '../backend';
import {type ImageProduct, type ProductFields, productOf} from './imageProduct';
import {type MaskedPlan, planMasked} from './maskedPlan';
import {runMasked} from './maskedProducts';
import {countOnes, positionsOf} from './positions';

/** Above this share of remaining weights no product pays. */
const DENSE = 0.9;

const densely: MaskedPlan = {forward: false, input: false, filter: false};

/**
 * Lets masked layers compute by their remaining weights on 'wasm', until the returned function is called. Positions are listed when
 * a mask changes, 4 bytes for each; values are read at each step.
 */
export function enableMaskedCalls(): () => void {
  maskedCalls.make = callOf;
  return () => {
    if (maskedCalls.make === callOf) delete maskedCalls.make;
  };
}

function callOf({layer, className, mask, bias}: MaskedLayer): MaskedCall {
  const fields: ProductFields = Object(layer);
  const describe = productOf(className, fields);
  const planned = describe && plansOf(describe);
  const listed = listOnes(mask.shape.at(-1) as number);
  return {
    call: (inputs) => {
      const {backendName, state} = engine();
      const [x, ...others] = [inputs].flat();
      // Gradients of gradients are those of tfjs, as these have none.
      if (planned === undefined || backendName !== 'wasm' || state.gradientDepth > 1) return undefined;
      if (others.length > 0 || x.dtype !== 'float32' || fields._callHook) return undefined;
      const bits = mask.read();
      const {positions, count} = listed.of(bits);
      const {product, plan: listing} = planned(x.shape, count);
      const plan = positions ? listing : densely;
      const isSparse = Object.values(plan).includes(true);
      // In training the mask is applied to the kernel and its gradient with fewer passes than by the layer.
      if (!isSparse && (count === bits.size || state.gradientDepth === 0)) return undefined;
      return tidy(() => {
        const [weights, added] = [fields.kernel.read(), bias()];
        const dense = needsDenseGradients(bits);
        const given = {x, weights, mask: bits, positions: positions ?? bits, ...(added && {bias: added})};
        const y = runMasked('MaskedProduct', given, {...product, plan, dense, inShape: x.shape});
        return fields.activation.apply(y);
      });
    },
    dispose: listed.dispose,
  };
}

/** Plans products for the shape of an input and a number of weights, once while they are the same. */
function plansOf(describe: (shape: number[]) => ImageProduct) {
  let known: {key: string; product: ImageProduct; plan: MaskedPlan} | undefined;
  return (shape: number[], count: number) => {
    const {wasm}: WasmBackend = Object(engine().backend);
    const threads = wasm.tfjs.getThreadsCount();
    const key = `${shape} ${count} ${threads}`;
    if (known?.key !== key) {
      const product = describe(shape);
      known = {key, product, plan: planMasked(product, count, threads)};
    }
    return known;
  };
}

/** The state of a mask. */
interface Ones {
  readonly data: DataId;
  readonly backend: object;
  readonly count: number;
  /** Undefined if they are too many to be of use. */
  readonly positions: Tensor | undefined;
}

/** Lists the ones of a mask with a number of columns, again after each change. */
function listOnes(columns: number) {
  let known: Ones | undefined;
  const forget = () => {
    const {backend, backendName} = engine();
    // The memory of a backend that was removed is gone with it.
    if (backendName !== 'wasm' || known?.backend === backend) dispose(known?.positions ?? []);
    known = undefined;
  };
  const list = (mask: Tensor): Ones => {
    const backend: WasmBackend = Object(engine().backend);
    const bits = backend.typedArrayFromHeap(mask) as Uint8Array;
    const count = countOnes(bits);
    const words =
      count < DENSE * bits.length ? positionsOf(bits, bits.length / columns, columns, count) : undefined;
    const positions = words && keep(tensor(words, [words.length], 'int32'));
    return {data: mask.dataId, backend, count, positions};
  };
  return {
    of: (mask: Tensor): Ones => {
      if (known?.data !== mask.dataId || known.backend !== engine().backend) {
        forget();
        known = list(mask);
      }
      return known;
    },
    dispose: forget,
  };
}
