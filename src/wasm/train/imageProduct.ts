import {type Tensor, util} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';

/** How a layer applies a kernel [height, width, channels, outputs] to images; a dense layer has images of one pixel. */
export interface ImageWindow {
  readonly filter: readonly [height: number, width: number, channels: number, outputs: number];
  readonly strides: readonly [rows: number, columns: number];
  readonly pad: 'same' | 'valid';
}

/** A product of a layer: its window, its input as images [batch, height, width, channels], and the shape of its output. */
export interface ImageProduct {
  readonly window: ImageWindow;
  readonly images: readonly number[];
  readonly outShape: readonly number[];
}

/** The fields of dense layers and convolutions. */
export interface ProductFields {
  kernel: LayerVariable;
  activation: {apply(x: Tensor): Tensor};
  strides: number[];
  padding: string;
  dilationRate: number | number[];
  dataFormat: string;
  /** The hook that `setCallHook` sets. */
  _callHook: unknown;
}

/** Describes the product of an input of a shape. */
type ProductOf = (shape: number[]) => ImageProduct;

/** The layer classes of tfjs that are products of images, by name; undefined for unsupported configurations. */
const classes: Readonly<Record<string, (fields: ProductFields) => ProductOf | undefined>> = {
  Dense: ({kernel}) => matrix(kernel.shape as number[]),
  Conv1D: (fields) => {
    // A row is an image.
    const {kernel, strides} = fields;
    const inRows = convolution(fields, [1, ...(kernel.shape as number[])], [1, ...strides]);
    return (
      inRows &&
      (([batch, ...rest]) => {
        const product = inRows([batch, 1, ...rest]);
        return {...product, outShape: [batch, ...product.outShape.slice(2)]};
      })
    );
  },
  Conv2D: (fields) => convolution(fields, fields.kernel.shape as number[], fields.strides),
};

/** Describes the products of layers of a class of tfjs; undefined if they are none. */
export function productOf(className: string, fields: ProductFields): ProductOf | undefined {
  return Object.hasOwn(classes, className) ? classes[className](fields) : undefined;
}

/** Each row of the input by itself. */
function matrix(filter: number[]): ProductOf {
  const [channels, outputs] = filter.slice(-2);
  const window: ImageWindow = {filter: [1, 1, channels, outputs], strides: [1, 1], pad: 'valid'};
  return (shape) => ({
    window,
    images: [util.sizeFromShape(shape) / channels, 1, 1, channels],
    outShape: [...shape.slice(0, -1), outputs],
  });
}

function convolution(
  {padding: pad, dilationRate, dataFormat}: ProductFields,
  filter: number[],
  strides: number[],
): ProductOf | undefined {
  if (pad !== 'same' && pad !== 'valid') return undefined;
  if (dataFormat !== 'channelsLast' || [dilationRate].flat().some((rate) => rate !== 1)) return undefined;
  const [height, width, , outputs] = filter;
  // It mixes the channels of each pixel only.
  if ([height, width, ...strides].every((size) => size === 1)) return matrix(filter);
  const window: ImageWindow = Object({filter, strides, pad});
  const sizes = (shape: number[]) =>
    [height, width].map((size, i) =>
      Math.ceil((shape[i + 1] - (pad === 'same' ? 0 : size - 1)) / strides[i]),
    );
  return (shape) => ({window, images: shape, outShape: [shape[0], ...sizes(shape), outputs]});
}
