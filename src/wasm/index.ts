export {enableTraining} from './enableTraining';
export {type StartWasmOptions, startWasm} from './startWasm';
