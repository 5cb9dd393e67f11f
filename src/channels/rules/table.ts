import {builtInName} from '../../model/builtIn';
import type {Kind} from '../../model/kind';
import {kindOf} from '../../model/kinds';
import type {Layer} from '../../model/tfjs';
import {concatenate, elementwise} from './elementwise';
import {embedding} from './embedding';
import {linear} from './linear';
import {flatten, permute, repeatVector, reshape} from './moves';
import {
  acrossChannels,
  activation,
  batchNorm,
  depthwise,
  pooling,
  prelu,
  rescaling,
  zeroPadding,
} from './perChannel';
import {recurrent} from './recurrent';
import type {PropagationRule} from './rule';
import {separable} from './separable';
import {bidirectional, timeDistributed} from './wrapper';

/** A kind that also declares how channels pass through its layers. */
export interface PropagatingKind extends Kind {
  /** Without it no channel of the layer's inputs and outputs can be removed. */
  readonly propagation?: PropagationRule;
}

/** The propagation rules of the tfjs layers, by class name. */
const rules: Readonly<Record<string, PropagationRule>> = {
  Dense: linear('units'),
  ...all(linear('filters'), 'Conv1D Conv2D Conv3D'),
  ...all(linear('filters', {spreads: true}), 'Conv2DTranspose Conv3DTranspose'),
  DepthwiseConv2D: depthwise(),
  SeparableConv2D: separable(),
  Embedding: embedding(),
  ...all(recurrent('units'), 'SimpleRNN GRU LSTM'),
  ConvLSTM2D: recurrent('filters'),
  RNN: recurrent('units', {inCell: true}),
  TimeDistributed: timeDistributed(),
  Bidirectional: bidirectional(),
  BatchNormalization: batchNorm(),
  LayerNormalization: acrossChannels('it takes the mean of all channels'),
  Softmax: acrossChannels('it divides by the sum of all channels'),
  Masking: acrossChannels('it looks at all channels of a step'),
  PReLU: prelu(),
  ...all(
    activation(),
    'Activation ReLU LeakyReLU ELU ThresholdedReLU Dropout SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout',
  ),
  Rescaling: rescaling(),
  ...all(
    pooling(),
    'MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D ' +
      'GlobalAveragePooling1D GlobalMaxPooling1D GlobalAveragePooling2D GlobalMaxPooling2D ' +
      'UpSampling2D Cropping2D',
  ),
  ZeroPadding2D: zeroPadding(),
  Flatten: flatten(),
  Reshape: reshape(),
  Permute: permute(),
  RepeatVector: repeatVector(),
  Add: elementwise('nothing'),
  Multiply: elementwise('zero'),
  ...all(elementwise(), 'Average Maximum Minimum'),
  Concatenate: concatenate(),
};

function all(rule: PropagationRule, names: string): Record<string, PropagationRule> {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]));
}

/** A layer's propagation rule: that of its kind, or the one in the table; undefined if there is neither. */
export function ruleOf(layer: Layer): PropagationRule | undefined {
  const {propagation} = (kindOf(layer) ?? {}) as Partial<PropagatingKind>;
  return propagation ?? rules[builtInName(layer) ?? ''];
}
