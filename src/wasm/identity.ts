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

/** So does a cast to the type that a tensor has. */
export const cast =
  (original: Cast): Cast =>
  (args) => {
    const {x} = args.inputs;
    return x.dtype === 'string' || x.dtype !== args.attrs.dtype ? original(args) : share(x, args.backend);
  };

function share({dataId, shape, dtype}: TensorInfo, backend: WasmBackend): TensorInfo {
  backend.incRef(dataId);
  return {dataId, shape, dtype};
}
