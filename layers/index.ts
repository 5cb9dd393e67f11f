/**
 * Masks for models and layers. Importing it registers the layers with tfjs, and fixes bugs of tfjs.
 *
 * @module tfjs-pruning/layers
 */

import './upstream';

export type {Edges} from '../src/channels/rules/edges';
export type {LinearMap} from '../src/channels/rules/linearMap';
export {type MixesChannelsOptions, mixesChannels} from '../src/channels/rules/mixesChannels';
export {passesChannels} from '../src/channels/rules/passesChannels';
export type {
  CallContext,
  ChannelAxis,
  ChannelTensor,
  Propagation,
  PropagationRule,
  WeightAxis,
} from '../src/channels/rules/rule';
export type {Axes} from '../src/model/axes';
export type {Kind, Layout} from '../src/model/kind';
export {kinds} from '../src/model/kinds';
export type {LayerClass} from '../src/model/tfjs';
export type {Product} from '../src/surgery/sparsify/product';
export {declareLayer, makePrunable} from './customLayers';
export {
  PrunableBatchNormalization,
  PrunableConv1D,
  PrunableConv2D,
  PrunableConv2DTranspose,
  PrunableConv3D,
  PrunableConv3DTranspose,
  PrunableDense,
  PrunableDepthwiseConv2D,
  PrunableEmbedding,
  PrunableSeparableConv2D,
  prunableBatchNormalization,
  prunableConv1d,
  prunableConv2d,
  prunableConv2dTranspose,
  prunableConv3d,
  prunableConv3dTranspose,
  prunableDense,
  prunableDepthwiseConv2d,
  prunableEmbedding,
  prunableSeparableConv2d,
} from './feedForward';
export type {LayerKind, LayerLayout} from './layerKind';
export {type PrunableOptions, prunable} from './prunable';
export type {PrunableClass} from './prunableClass';
export {
  PrunableConvLSTM2D,
  PrunableConvLSTM2DCell,
  PrunableGRU,
  PrunableGRUCell,
  PrunableLSTM,
  PrunableLSTMCell,
  PrunableSimpleRNN,
  PrunableSimpleRNNCell,
  prunableConvLstm2d,
  prunableConvLstm2dCell,
  prunableGru,
  prunableGruCell,
  prunableLstm,
  prunableLstmCell,
  prunableSimpleRNN,
  prunableSimpleRNNCell,
  type RecurrentClass,
} from './recurrent';
