import {plainNameOf} from './kind';
import {kinds} from './kinds';
import type {Layer} from './tfjs';

/** The tfjs classes that need no row in `kinds`. */
const weightless = [
  'SimpleRNN GRU LSTM ConvLSTM2D RNN Bidirectional TimeDistributed LayerNormalization Softmax Masking PReLU',
  'Activation ReLU LeakyReLU ELU ThresholdedReLU Rescaling',
  'Dropout SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout',
  'MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D',
  'GlobalAveragePooling1D GlobalMaxPooling1D GlobalAveragePooling2D GlobalMaxPooling2D',
  'UpSampling2D Cropping2D ZeroPadding2D Flatten Reshape Permute RepeatVector',
  'Add Multiply Average Maximum Minimum Concatenate',
].flatMap((line) => line.split(' '));

/** Whether a class name is that of a tfjs layer whose calls the library knows. */
export const isBuiltIn = (name: string) => Object.hasOwn(kinds, name) || weightless.includes(name);

/** The class name of a tfjs layer, that of the plain class if it has masks; undefined for a custom layer. */
export function builtInName(layer: Layer): string | undefined {
  const name = plainNameOf(layer);
  return name !== undefined && isBuiltIn(name) ? name : undefined;
}
