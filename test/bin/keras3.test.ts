import {keras2} from '../../bin/keras3';

interface Layer {
  class_name: string;
  config: Record<string, unknown>;
}

/** A Sequential of one layer, saved by Keras 3 with one weight. */
const saved = (layer: Layer, weight: string) => ({
  modelTopology: {
    keras_version: '3.15.1',
    model_config: {class_name: 'Sequential', config: {name: 'sequential', layers: [layer]}},
  },
  weightSpecs: [{name: weight, shape: [1], dtype: 'float32' as const}],
});

it('the kernel of a DepthwiseConv2D has the name that tfjs gives it', () => {
  const conv = {class_name: 'DepthwiseConv2D', config: {name: 'conv'}};
  const {weightSpecs} = keras2(saved(conv, 'sequential/conv/kernel'));
  expect(weightSpecs?.map(({name}) => name)).toEqual(['conv/depthwise_kernel']);
});

it('the layer in a Bidirectional has its own name, which tfjs makes those of both directions of', () => {
  const lstm = (name: string) => ({class_name: 'LSTM', config: {name}});
  const both = {name: 'both', layer: lstm('forward_lstm'), backward_layer: lstm('backward_lstm')};
  const {modelTopology} = keras2(
    saved({class_name: 'Bidirectional', config: both}, 'both/forward_lstm/kernel'),
  );
  expect(modelTopology).toMatchObject({
    model_config: {config: {layers: [{config: {name: 'both', layer: lstm('lstm')}}]}},
  });
  expect(JSON.stringify(modelTopology)).not.toContain('backward');
});
