export {costs} from './costs';
export {countBlocks} from './nonzeros';
export {SparseRun, whyNot} from './SparseRun';
