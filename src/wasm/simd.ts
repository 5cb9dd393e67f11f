import {binary} from './binary';
import {isSupported, sideModule} from './sideModule';

/** The training kernels of src/wasm/assembly on a backend. */
export const simd = sideModule<'depthwiseFilter' | 'dots' | 'filter' | 'maxPoolGrad' | 'sumRows'>(binary);

/** Whether WASM supports the SIMD instructions of these kernels. */
export const isSimdSupported = () => isSupported(binary);
