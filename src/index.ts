/**
 * Pruning, models made of pruned models, files, and the parts of recipes.
 *
 * @module tfjs-pruning
 */

export type {Allocation} from './allocation/allocation';
export {byCost, type CostModel} from './allocation/byCost';
export {erdosRenyi} from './allocation/erdosRenyi';
export {global} from './allocation/global';
export {lamp, type Normalization, type NormalizationName} from './allocation/normalize';
export {perWeight, type WeightSparsity} from './allocation/perWeight';
export {uniform} from './allocation/uniform';
export {within} from './allocation/within';
export {type ChannelGroup, type ChannelGroupMember, type Graph, graph} from './channels/graph';
export {addDistillation, type DistillationTerm} from './distillation/addDistillation';
export type {DistillationOptions, LayerPair} from './distillation/options';
export {fromSensitivity} from './evaluate/fromSensitivity';
export type {Batches} from './evaluate/metric/data';
export type {Mode} from './evaluate/metric/mode';
export {recalibrate} from './evaluate/recalibrate';
export {
  type Sensitivity,
  sensitivity,
  type WeightSensitivity,
} from './evaluate/sensitivity';
export type {SensitivityOptions} from './evaluate/sensitivityOptions';
export {activation} from './importance/activation';
export {activationEntropy} from './importance/activationEntropy';
export {apoz} from './importance/apoz';
export {batchNormScale} from './importance/batchNormScale';
export {contribution} from './importance/contribution';
export {fisher} from './importance/fisher';
export {geometricMedian} from './importance/geometricMedian';
export {gradient} from './importance/gradient';
export {hessian} from './importance/hessian';
export type {Importance, Scored} from './importance/importance';
export {magnitude} from './importance/magnitude';
export {movement} from './importance/movement';
export {norm} from './importance/norm';
export {random} from './importance/random';
export {taylor} from './importance/taylor';
export {weightEntropy} from './importance/weightEntropy';
export {weightZeros} from './importance/weightZeros';
export type {Keep} from './keep';
export {
  type AverageWeightsOptions,
  averageWeights,
  type SoftUpdateOptions,
  softUpdate,
} from './model/averageWeights';
export type {Examples} from './model/batches';
export type {MaskMerge} from './model/mixWeights';
export {type Network, prunableWeights} from './model/network';
export type {Task} from './model/task';
export type {PrunableLayer, Weight} from './model/weight';
export {block} from './pattern/block';
export {channel} from './pattern/channel';
export {element} from './pattern/element';
export {inputChannel} from './pattern/inputChannel';
export {kernel} from './pattern/kernel';
export {layer} from './pattern/layer';
export {type NOfMOptions, nOfM} from './pattern/nOfM';
export type {Pattern} from './pattern/pattern';
export {type PruningTarget, patternFor} from './pattern/patternFor';
export {activationEntropyLoss} from './penalty/activationEntropyLoss';
export {activationKlLoss} from './penalty/activationKlLoss';
export {activationL1Loss} from './penalty/activationL1Loss';
export {addSparsityLoss, type SparsityLossTerm} from './penalty/addSparsityLoss';
export {elastic} from './penalty/elastic';
export {groupLasso} from './penalty/groupLasso';
export {l1} from './penalty/l1';
export {l2} from './penalty/l2';
export {lp} from './penalty/lp';
export type {Direction, Penalty} from './penalty/penalty';
export {weightEntropyLoss} from './penalty/weightEntropyLoss';
export {prune} from './prune';
export type {Pruned, PrunedWeight} from './pruned';
export type {Recipe} from './recipe';
export {type Report, report, type Totals, type WeightReport} from './report';
export {constant, cosine, exponential, linear, polynomial, type Schedule, steps} from './schedule';
export type {Decision, Group, Member, Part} from './select/group';
export type {Numbering, Pool} from './select/numbering';
export {type ShipOptions, ship} from './ship/ship';
export {measure} from './statistics/measure';
export type {CollectOptions} from './statistics/options';
export type {Data, MeasureOptions, Statistics} from './statistics/statistic';
export {type DecodeOptions, decode} from './storage/decode';
export {type EncodeModelOptions, encode, type Savable} from './storage/encode';
export type {EncodeOptions, Values} from './storage/options';
export {type PruneArtifactsOptions, pruneArtifacts} from './storage/pruneArtifacts';
export {sparseFile} from './storage/sparseFile';
export {type CompactOptions, compact} from './surgery/compact/compact';
export {type CompactReport, compactReport} from './surgery/compact/compactReport';
export type {Cost} from './surgery/compact/cost';
export type {LayerCopiers} from './surgery/copies';
export {type SparsifyOptions, sparsify} from './surgery/sparsify/sparsify';
export {strip} from './surgery/strip';
export type {Target} from './target';
export {type Threshold, type ThresholdSpec, threshold} from './threshold';
export {type AroundStepOptions, aroundStep} from './training/aroundStep';
export {type ModelSnapshot, type RewindOptions, rewind, snapshot} from './training/rewind';
export type {SavedOptimizer, SavedTensor} from './training/savedState';
export type {Gradients, Stage, StepHook} from './training/stepHooks';
export type {Where} from './where';
