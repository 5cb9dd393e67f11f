import './upstream';

export {type MixesChannelsOptions, mixesChannels, passesChannels} from '../src/channels/rules/declared';
export type {Edges} from '../src/channels/rules/edges';
export type {
  CallContext,
  ChannelAxis,
  ChannelTensor,
  LinearMap,
  Propagation,
  PropagationRule,
  WeightAxis,
} from '../src/channels/rules/rule';
export type {Product} from '../src/surgery/sparsify/product';
export {sparsify} from '../src/surgery/sparsify/sparsify';
export {declareLayer, type LayerClass, type LayerKind, type LayerLayout} from './declareLayer';
export type {PrunableClass} from './makePrunable';
export {makePrunable} from './makePrunable';
export type {RecurrentClass} from './makeRecurrent';
export {type PrunableOptions, prunable} from './prunable';
export {PrunableBatchNormalization, prunableBatchNormalization} from './prunableBatchNormalization';
export {PrunableConv1D, prunableConv1d} from './prunableConv1d';
export {PrunableConv2D, prunableConv2d} from './prunableConv2d';
export {PrunableConv2DTranspose, prunableConv2dTranspose} from './prunableConv2dTranspose';
export {PrunableConv3D, prunableConv3d} from './prunableConv3d';
export {PrunableConv3DTranspose, prunableConv3dTranspose} from './prunableConv3dTranspose';
export {
  PrunableConvLSTM2D,
  PrunableConvLSTM2DCell,
  prunableConvLstm2d,
  prunableConvLstm2dCell,
} from './prunableConvLstm2d';
export {PrunableDense, prunableDense} from './prunableDense';
export {PrunableDepthwiseConv2D, prunableDepthwiseConv2d} from './prunableDepthwiseConv2d';
export {PrunableEmbedding, prunableEmbedding} from './prunableEmbedding';
export {PrunableGRU, PrunableGRUCell, prunableGru, prunableGruCell} from './prunableGru';
export {PrunableLSTM, PrunableLSTMCell, prunableLstm, prunableLstmCell} from './prunableLstm';
export {PrunableSeparableConv2D, prunableSeparableConv2d} from './prunableSeparableConv2d';
export {
  PrunableSimpleRNN,
  PrunableSimpleRNNCell,
  prunableSimpleRNN,
  prunableSimpleRNNCell,
} from './prunableSimpleRNN';
