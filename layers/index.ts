export type {LayerClass, PrunableClass} from './makePrunable';
export {makePrunable} from './makePrunable';
export {prunable} from './prunable';
export {PrunableConv2D, prunableConv2d} from './prunableConv2d';
export {PrunableDense, prunableDense} from './prunableDense';
