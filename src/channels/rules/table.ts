import {builtInName, type Kind, kindOf} from '../../model/kinds';
import type {Layer} from '../../model/tfjs';
import {concatenates, merges} from './elementwise';
import {looksUp, mixes, mixesSeparably} from './linear';
import {flattens, permutes, repeats, reshapes} from './moves';
import {
  passes,
  passesFiltered,
  passesNormed,
  passesPadded,
  passesPositions,
  passesSloped,
  passesTogether,
} from './perChannel';
import {recurs} from './recurrent';
import type {Flow} from './rule';
import {wrapsBothWays, wrapsSteps} from './wrapper';

/** A kind that also declares how channels pass through its layers. */
export interface PropagatingKind extends Kind {
  /** Without it no channel around the layer can be removed. */
  readonly flow?: Flow;
}

/** How channels pass through the kinds of layers in tfjs, by class name. */
const rules: Readonly<Record<string, Flow>> = {
  Dense: mixes('units'),
  ...all(mixes('filters'), 'Conv1D Conv2D Conv3D'),
  ...all(mixes('filters', {spreads: true}), 'Conv2DTranspose Conv3DTranspose'),
  DepthwiseConv2D: passesFiltered(),
  SeparableConv2D: mixesSeparably(),
  Embedding: looksUp(),
  ...all(recurs('units'), 'SimpleRNN GRU LSTM'),
  ConvLSTM2D: recurs('filters'),
  RNN: recurs('units', {inCell: true}),
  TimeDistributed: wrapsSteps(),
  Bidirectional: wrapsBothWays(),
  BatchNormalization: passesNormed(),
  LayerNormalization: passesTogether('it takes the mean of all channels'),
  Softmax: passesTogether('it divides by the sum of all channels'),
  Masking: passesTogether('it looks at all channels of a step'),
  PReLU: passesSloped(),
  ...all(
    passes(),
    'Activation ReLU LeakyReLU ELU ThresholdedReLU Dropout SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout',
  ),
  ...all(
    passesPositions(),
    'MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D ' +
      'GlobalAveragePooling1D GlobalMaxPooling1D GlobalAveragePooling2D GlobalMaxPooling2D ' +
      'UpSampling2D Cropping2D',
  ),
  ZeroPadding2D: passesPadded(),
  Flatten: flattens(),
  Reshape: reshapes(),
  Permute: permutes(),
  RepeatVector: repeats(),
  Add: merges('nothing'),
  Multiply: merges('zero'),
  ...all(merges(), 'Average Maximum Minimum'),
  Concatenate: concatenates(),
};

function all(rule: Flow, names: string): Record<string, Flow> {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]));
}

/** How channels pass through a layer: as its kind declares, or as the table does; undefined if neither does. */
export function ruleOf(layer: Layer): Flow | undefined {
  const {flow} = (kindOf(layer) ?? {}) as Partial<PropagatingKind>;
  return flow ?? rules[builtInName(layer) ?? ''];
}
