export {costs} from './costs';
export {SparseRun, whyNot} from './SparseRun';
