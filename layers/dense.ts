import {type ArgsOf, builtIn, factoryOf} from './builtIn';
import type {PrunableClass} from './makePrunable';

/** A tf.layers.dense layer with a mask for its kernel. */
export const PrunableDense: PrunableClass<ArgsOf<'dense'>> = builtIn('Dense');
export type PrunableDense = InstanceType<typeof PrunableDense>;

/** Makes a PrunableDense from the arguments of tf.layers.dense. */
export const prunableDense: (...args: ArgsOf<'dense'>) => PrunableDense = factoryOf(
  'prunableDense',
  PrunableDense,
);

/** A tf.layers.embedding layer with a mask for its embeddings. */
export const PrunableEmbedding: PrunableClass<ArgsOf<'embedding'>> = builtIn('Embedding');
export type PrunableEmbedding = InstanceType<typeof PrunableEmbedding>;

/** Makes a PrunableEmbedding from the arguments of tf.layers.embedding. */
export const prunableEmbedding: (...args: ArgsOf<'embedding'>) => PrunableEmbedding = factoryOf(
  'prunableEmbedding',
  PrunableEmbedding,
);
