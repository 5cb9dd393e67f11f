// The kernels of the runtime, and those that expand the constants of a shipped module, which keeps the ones that it calls.
export * from '../runtime/index';
export {floats, list} from './expand';
export {open} from './coder';
