export {Project, type ProjectOptions, project} from './project';
export {type PlannedUpdate, Pruning, type PruningOptions, pruning} from './pruning';
export {SparsityLoss, type SparsityLossOptions, sparsityLoss} from './sparsityLoss';
