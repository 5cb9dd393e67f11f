import type {layers} from '@tensorflow/tfjs-layers';
import {builtIn} from './builtIn';
import {factoryOf} from './factoryOf';
import type {PrunableClass} from './makePrunable';

type Args = Parameters<typeof layers.embedding>;

/** A tf.layers.embedding layer with a mask for its embeddings. */
export const PrunableEmbedding: PrunableClass<Args> = builtIn('Embedding');
export type PrunableEmbedding = InstanceType<typeof PrunableEmbedding>;

/** Makes a PrunableEmbedding from the arguments of tf.layers.embedding. */
export const prunableEmbedding: (...args: Args) => PrunableEmbedding = factoryOf(
  'prunableEmbedding',
  PrunableEmbedding,
);
