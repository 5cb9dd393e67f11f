export {type AutoPruneData, type AutoPruned, type AutoPruneOptions, autoPrune} from './autoPrune';
export {Evaluation, type EvaluationOptions, evaluation} from './evaluation';
export type {LoopOptions} from './iterativeOptions';
export {IterativePruning, type IterativePruningOptions, iterativePruning} from './iterativePruning';
export type {IterativePruningState, Round} from './iterativeState';
export {Project, type ProjectOptions, project} from './project';
export {type PlannedUpdate, Pruning, type PruningOptions, type PruningState, pruning} from './pruning';
export {PruningSummaries, pruningSummaries, type SummaryWriter} from './pruningSummaries';
export {SparsityLoss, type SparsityLossOptions, sparsityLoss} from './sparsityLoss';
