export {load} from './load';
export type {Net, Port, ShapedInput} from './Net';
