export {depthwiseFilter} from './depthwiseFilter';
export {dots} from './dots';
export {filter} from './filter';
export {maxPoolGrad} from './maxPoolGrad';
export {sumRows} from './sumRows';
export {clampGrad} from './train/clampGrad';
export {adagrad, adam, momentum, rmsprop, sgd} from './train/optimizers';
