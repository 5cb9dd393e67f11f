import {type ArgsOf, builtIn, factoryOf} from './builtIn';
import type {PrunableClass} from './makePrunable';

/** A tf.layers.conv1d layer with a mask for its kernel. */
export const PrunableConv1D: PrunableClass<ArgsOf<'conv1d'>> = builtIn('Conv1D');
export type PrunableConv1D = InstanceType<typeof PrunableConv1D>;

/** Makes a PrunableConv1D from the arguments of tf.layers.conv1d. */
export const prunableConv1d: (...args: ArgsOf<'conv1d'>) => PrunableConv1D = factoryOf(
  'prunableConv1d',
  PrunableConv1D,
);

/** A tf.layers.conv2d layer with a mask for its kernel. */
export const PrunableConv2D: PrunableClass<ArgsOf<'conv2d'>> = builtIn('Conv2D');
export type PrunableConv2D = InstanceType<typeof PrunableConv2D>;

/** Makes a PrunableConv2D from the arguments of tf.layers.conv2d. */
export const prunableConv2d: (...args: ArgsOf<'conv2d'>) => PrunableConv2D = factoryOf(
  'prunableConv2d',
  PrunableConv2D,
);

/** A tf.layers.conv3d layer with a mask for its kernel. */
export const PrunableConv3D: PrunableClass<ArgsOf<'conv3d'>> = builtIn('Conv3D');
export type PrunableConv3D = InstanceType<typeof PrunableConv3D>;

/** Makes a PrunableConv3D from the arguments of tf.layers.conv3d. */
export const prunableConv3d: (...args: ArgsOf<'conv3d'>) => PrunableConv3D = factoryOf(
  'prunableConv3d',
  PrunableConv3D,
);

/** A tf.layers.conv2dTranspose layer with a mask for its kernel. */
export const PrunableConv2DTranspose: PrunableClass<ArgsOf<'conv2dTranspose'>> = builtIn('Conv2DTranspose');
export type PrunableConv2DTranspose = InstanceType<typeof PrunableConv2DTranspose>;

/** Makes a PrunableConv2DTranspose from the arguments of tf.layers.conv2dTranspose. */
export const prunableConv2dTranspose: (...args: ArgsOf<'conv2dTranspose'>) => PrunableConv2DTranspose =
  factoryOf('prunableConv2dTranspose', PrunableConv2DTranspose);

/** A tf.layers.conv3dTranspose layer with a mask for its kernel. */
export const PrunableConv3DTranspose: PrunableClass<ArgsOf<'conv3dTranspose'>> = builtIn('Conv3DTranspose');
export type PrunableConv3DTranspose = InstanceType<typeof PrunableConv3DTranspose>;

/** Makes a PrunableConv3DTranspose from the arguments of tf.layers.conv3dTranspose. */
export const prunableConv3dTranspose: (...args: ArgsOf<'conv3dTranspose'>) => PrunableConv3DTranspose =
  factoryOf('prunableConv3dTranspose', PrunableConv3DTranspose);

/** A tf.layers.depthwiseConv2d layer with a mask for its kernel. */
export const PrunableDepthwiseConv2D: PrunableClass<ArgsOf<'depthwiseConv2d'>> = builtIn('DepthwiseConv2D');
export type PrunableDepthwiseConv2D = InstanceType<typeof PrunableDepthwiseConv2D>;

/** Makes a PrunableDepthwiseConv2D from the arguments of tf.layers.depthwiseConv2d. */
export const prunableDepthwiseConv2d: (...args: ArgsOf<'depthwiseConv2d'>) => PrunableDepthwiseConv2D =
  factoryOf('prunableDepthwiseConv2d', PrunableDepthwiseConv2D);

/** A tf.layers.separableConv2d layer with masks for its kernels, the depthwise and the pointwise one. */
export const PrunableSeparableConv2D: PrunableClass<ArgsOf<'separableConv2d'>> = builtIn('SeparableConv2D');
export type PrunableSeparableConv2D = InstanceType<typeof PrunableSeparableConv2D>;

/** Makes a PrunableSeparableConv2D from the arguments of tf.layers.separableConv2d. */
export const prunableSeparableConv2d: (...args: ArgsOf<'separableConv2d'>) => PrunableSeparableConv2D =
  factoryOf('prunableSeparableConv2d', PrunableSeparableConv2D);
