import {binary} from './binary';
import {isSupported, sideModule} from './sideModule';

/** The exports of src/wasm/assembly. */
export type SimdName =
  | 'adagrad'
  | 'adam'
  | 'clampGrad'
  | 'depthwiseFilter'
  | 'dots'
  | 'filter'
  | 'keepOnes'
  | 'listInputs'
  | 'listOutputs'
  | 'maskedFilterGrad'
  | 'maskedMatrixInputGrad'
  | 'maskedMatrixProduct'
  | 'maskedProduct'
  | 'maxPoolGrad'
  | 'momentum'
  | 'normalizeColumns'
  | 'repeatRows'
  | 'rmsprop'
  | 'roundToCodebook'
  | 'roundToSteps'
  | 'scaleColumns'
  | 'sgd'
  | 'sumColumns'
  | 'sumRows';

/** The training kernels of src/wasm/assembly on a backend. */
export const simd = sideModule<SimdName>(binary);

/** Whether WASM supports the SIMD instructions of these kernels. */
export const isSimdSupported = () => isSupported(binary);
