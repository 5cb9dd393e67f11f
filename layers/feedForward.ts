import {type BuiltIn, builtIn, type Factory, factoryOf} from './builtIn';

/** A tf.layers.dense layer with a mask for its kernel. */
export const PrunableDense: BuiltIn<'dense'> = builtIn('Dense');
export type PrunableDense = InstanceType<typeof PrunableDense>;

/**
 * Makes a PrunableDense; takes the same arguments as tf.layers.dense.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.dense does, on bad arguments.
 * @example prunableDense({units: 10, activation: 'relu'})
 * @function
 */
export const prunableDense: Factory<'dense', PrunableDense> = factoryOf('prunableDense', PrunableDense);

/** A tf.layers.embedding layer with a mask for its embeddings. */
export const PrunableEmbedding: BuiltIn<'embedding'> = builtIn('Embedding');
export type PrunableEmbedding = InstanceType<typeof PrunableEmbedding>;

/**
 * Makes a PrunableEmbedding; takes the same arguments as tf.layers.embedding.
 *
 * @returns the layer, with a mask for its embeddings.
 * @throws as tf.layers.embedding does, on bad arguments.
 * @example prunableEmbedding({inputDim: 1000, outputDim: 16})
 * @function
 */
export const prunableEmbedding: Factory<'embedding', PrunableEmbedding> = factoryOf(
  'prunableEmbedding',
  PrunableEmbedding,
);

/** A tf.layers.conv1d layer with a mask for its kernel. */
export const PrunableConv1D: BuiltIn<'conv1d'> = builtIn('Conv1D');
export type PrunableConv1D = InstanceType<typeof PrunableConv1D>;

/**
 * Makes a PrunableConv1D; takes the same arguments as tf.layers.conv1d.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.conv1d does, on bad arguments.
 * @example prunableConv1d({filters: 8, kernelSize: 3})
 * @function
 */
export const prunableConv1d: Factory<'conv1d', PrunableConv1D> = factoryOf('prunableConv1d', PrunableConv1D);

/** A tf.layers.conv2d layer with a mask for its kernel. */
export const PrunableConv2D: BuiltIn<'conv2d'> = builtIn('Conv2D');
export type PrunableConv2D = InstanceType<typeof PrunableConv2D>;

/**
 * Makes a PrunableConv2D; takes the same arguments as tf.layers.conv2d.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.conv2d does, on bad arguments.
 * @example prunableConv2d({filters: 8, kernelSize: 3, padding: 'same'})
 * @function
 */
export const prunableConv2d: Factory<'conv2d', PrunableConv2D> = factoryOf('prunableConv2d', PrunableConv2D);

/** A tf.layers.conv3d layer with a mask for its kernel. */
export const PrunableConv3D: BuiltIn<'conv3d'> = builtIn('Conv3D');
export type PrunableConv3D = InstanceType<typeof PrunableConv3D>;

/**
 * Makes a PrunableConv3D; takes the same arguments as tf.layers.conv3d.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.conv3d does, on bad arguments.
 * @example prunableConv3d({filters: 8, kernelSize: 3})
 * @function
 */
export const prunableConv3d: Factory<'conv3d', PrunableConv3D> = factoryOf('prunableConv3d', PrunableConv3D);

/** A tf.layers.conv2dTranspose layer with a mask for its kernel. */
export const PrunableConv2DTranspose: BuiltIn<'conv2dTranspose'> = builtIn('Conv2DTranspose');
export type PrunableConv2DTranspose = InstanceType<typeof PrunableConv2DTranspose>;

/**
 * Makes a PrunableConv2DTranspose; takes the same arguments as tf.layers.conv2dTranspose.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.conv2dTranspose does, on bad arguments.
 * @example prunableConv2dTranspose({filters: 8, kernelSize: 3, strides: 2})
 * @function
 */
export const prunableConv2dTranspose: Factory<'conv2dTranspose', PrunableConv2DTranspose> = factoryOf(
  'prunableConv2dTranspose',
  PrunableConv2DTranspose,
);

/** A tf.layers.conv3dTranspose layer with a mask for its kernel. */
export const PrunableConv3DTranspose: BuiltIn<'conv3dTranspose'> = builtIn('Conv3DTranspose');
export type PrunableConv3DTranspose = InstanceType<typeof PrunableConv3DTranspose>;

/**
 * Makes a PrunableConv3DTranspose; takes the same arguments as tf.layers.conv3dTranspose.
 *
 * @returns the layer, with a mask for its kernel.
 * @throws as tf.layers.conv3dTranspose does, on bad arguments.
 * @example prunableConv3dTranspose({filters: 8, kernelSize: 3, strides: 2})
 * @function
 */
export const prunableConv3dTranspose: Factory<'conv3dTranspose', PrunableConv3DTranspose> = factoryOf(
  'prunableConv3dTranspose',
  PrunableConv3DTranspose,
);

/** A tf.layers.depthwiseConv2d layer with a mask for its kernel. */
export const PrunableDepthwiseConv2D: BuiltIn<'depthwiseConv2d'> = builtIn('DepthwiseConv2D');
export type PrunableDepthwiseConv2D = InstanceType<typeof PrunableDepthwiseConv2D>;

/**
 * Makes a PrunableDepthwiseConv2D; takes the same arguments as tf.layers.depthwiseConv2d.
 *
 * @returns the layer, with a mask for its depthwise kernel.
 * @throws as tf.layers.depthwiseConv2d does, on bad arguments.
 * @example prunableDepthwiseConv2d({kernelSize: 3})
 * @function
 */
export const prunableDepthwiseConv2d: Factory<'depthwiseConv2d', PrunableDepthwiseConv2D> = factoryOf(
  'prunableDepthwiseConv2d',
  PrunableDepthwiseConv2D,
);

/** A tf.layers.separableConv2d layer with masks for its kernels, the depthwise and the pointwise one. */
export const PrunableSeparableConv2D: BuiltIn<'separableConv2d'> = builtIn('SeparableConv2D');
export type PrunableSeparableConv2D = InstanceType<typeof PrunableSeparableConv2D>;

/**
 * Makes a PrunableSeparableConv2D; takes the same arguments as tf.layers.separableConv2d.
 *
 * @returns the layer, with masks for its two kernels.
 * @throws as tf.layers.separableConv2d does, on bad arguments.
 * @example prunableSeparableConv2d({filters: 8, kernelSize: 3})
 * @function
 */
export const prunableSeparableConv2d: Factory<'separableConv2d', PrunableSeparableConv2D> = factoryOf(
  'prunableSeparableConv2d',
  PrunableSeparableConv2D,
);

/**
 * A tf.layers.batchNormalization layer with masks for gamma and beta; without gamma, for the moving mean. They are not
 * pruned on their own: a channel that `channel()` prunes in the layer before is masked in them too, so that it is
 * exactly 0 after the norm, in training and in prediction.
 */
export const PrunableBatchNormalization: BuiltIn<'batchNormalization'> = builtIn('BatchNormalization');
export type PrunableBatchNormalization = InstanceType<typeof PrunableBatchNormalization>;

/**
 * Makes a PrunableBatchNormalization; takes the same arguments as tf.layers.batchNormalization.
 *
 * @returns the layer, with masks for its gamma and beta.
 * @throws as tf.layers.batchNormalization does, on bad arguments.
 * @example prunableBatchNormalization({momentum: 0.9})
 * @function
 */
export const prunableBatchNormalization: Factory<'batchNormalization', PrunableBatchNormalization> =
  factoryOf('prunableBatchNormalization', PrunableBatchNormalization);
