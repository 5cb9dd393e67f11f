import type {CastAttrs, CastInputs, IdentityInputs, TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from './backend';

type Identity = Kernel<IdentityInputs>;
type Cast = Kernel<CastInputs, CastAttrs>;

/**
 * Clones a tensor without copying its data, as the other backends do; tfjs clones every tensor that a gradient saves. The
 * stock kernel copies. Falls back to it for strings.
 */
export const identity =
  (stock: Identity): Identity =>
  (args) =>
    args.inputs.x.dtype === 'string' ? stock(args) : share(args.inputs.x, args.backend);

/**
 * Casts a tensor: to its own type without copying, to bool by comparing with 0. The stock kernel copies, and computes bools
 * as the integer part modulo 256, which is 0 for 0.5 and for 256. Falls back to it for other types.
 */
export const cast =
  (stock: Cast): Cast =>
  (args) => {
    const {
      inputs: {x},
      attrs: {dtype},
      backend,
    } = args;
    if (x.dtype === dtype && dtype !== 'string') return share(x, backend);
    if (dtype !== 'bool' || (x.dtype !== 'float32' && x.dtype !== 'int32')) return stock(args);
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
