import {binary} from './binary';
import {isSupported, sideModule} from './sideModule';

/** The kernels of src/wasm/assembly for training, by the backend that they work on. */
export const simd = sideModule<'depthwiseFilter' | 'dots' | 'filter' | 'maxPoolGrad' | 'sumRows'>(binary);

/** Whether WASM has the SIMD instructions that they are made of. */
export const isSimdSupported = () => isSupported(binary);
