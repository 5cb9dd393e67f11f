import type {CastAttrs, CastInputs, IdentityInputs, TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from './backend';

type Identity = Kernel<IdentityInputs>;
type Cast = Kernel<CastInputs, CastAttrs>;

/**
 * A clone shares the data of its original, as on the other backends: tfjs makes one of every tensor that a
 * gradient saves. (The kernel that stood before copies them.) Strings are left to the original.
 */
export const identity =
  (original: Identity): Identity =>
  (args) =>
    args.inputs.x.dtype === 'string' ? original(args) : share(args.inputs.x, args.backend);

/**
 * So does a cast to the type that a tensor has; one to bool is whether a number is not 0. (The kernel that stood before takes
 * the whole part of a number modulo 256, which is 0 for 0.5 and for 256.)
 */
export const cast =
  (original: Cast): Cast =>
  (args) => {
    const {
      inputs: {x},
      attrs: {dtype},
      backend,
    } = args;
    if (x.dtype === dtype && dtype !== 'string') return share(x, backend);
    if (dtype !== 'bool' || (x.dtype !== 'float32' && x.dtype !== 'int32')) return original(args);
    const out = backend.makeOutput(x.shape, dtype);
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(out);
    for (let i = 0; i < to.length; i++) to[i] = from[i] !== 0 ? 1 : 0;
    return out;
  };

function share({dataId, shape, dtype}: TensorInfo, backend: WasmBackend): TensorInfo {
  backend.incRef(dataId);
  return {dataId, shape, dtype};
}
