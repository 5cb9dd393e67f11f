/**
 * Callbacks for `model.fit`.
 *
 * @module tfjs-pruning/callbacks
 */

export {
  type AutoPruneData,
  type AutoPruned,
  type AutoPruneOptions,
  autoPrune,
  type Candidate,
} from './autoPrune';
export {Distillation, type DistillationState, distillation, type TeacherOptions} from './distillation';
export {Evaluation, type EvaluationOptions, evaluation} from './evaluation';
export {Gates, type GatesState, gates} from './gates';
export type {GateState} from './gates/gate';
export type {GatesOptions} from './gates/options';
export {IterativePruning, type IterativePruningOptions, iterativePruning} from './iterativePruning';
export type {LoopOptions} from './iterativePruning/options';
export type {IterativePruningState, Round} from './iterativePruning/state';
export {LearningRate, type LearningRateOptions, type LearningRateState, learningRate} from './learningRate';
export {Project, type ProjectOptions, project} from './project';
export {Pruning, type PruningState, pruning} from './pruning';
export {PruningSummaries, pruningSummaries, type SummaryWriter} from './pruningSummaries';
export {Quantization, type QuantizationState, quantization} from './quantization';
export type {
  Granularity,
  QuantizationOptions,
} from './quantization/options';
export type {LatentState} from './quantization/quantized';
export {type Regrown, Regrowth, type RegrowthState, regrowth} from './regrowth';
export type {RegrowthOptions} from './regrowth/options';
export type {PlannedUpdate} from './shared/plan';
export type {PruningOptions} from './shared/pruningOptions';
export {SparsityLoss, type SparsityLossOptions, sparsityLoss} from './sparsityLoss';
