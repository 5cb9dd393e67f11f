export {costs} from './costs';
export {countBlocks} from './nonzeros';
export {SparseRun, unsupportedReason} from './SparseRun';
