/** The downloads of the page, and their labels. */
export const formats = {
  plain: 'tfjs: model.json and weights.bin',
  compact: 'Compact: without the pruned channels',
  sparse: 'Sparse file, .tfsp: the remaining weights',
  page: 'One page: reads digits with this network',
  shipped: 'Module: predicts without TensorFlow.js',
};

export type Format = keyof typeof formats;
