import type * as Tf from '@tensorflow/tfjs';
import {compact, prune, report, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';

const message =
  /^(\w+|tfjs-pruning): two copies of TensorFlow.js are loaded. Run "npm ls @tensorflow\/tfjs-core"[^.]*$/;

/** What a package with a tfjs of its own brings. */
function otherCopy(): typeof Tf {
  let other: typeof Tf | undefined;
  jest.isolateModules(() => {
    other = require('@tensorflow/tfjs');
  });
  return other as typeof Tf;
}

it.each([
  ['prunable', prunable],
  ['prune', (model: Tf.LayersModel) => prune(model, 0.5)],
  ['strip', strip],
  ['compact', compact],
  ['sparsify', sparsify],
  ['report', async (model: Tf.LayersModel) => report(model)],
])('%s says how to find the second copy of tfjs that a model comes from', async (_, run) => {
  const {layers, sequential} = otherCopy();
  const model = sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
  await expect(run(model)).rejects.toThrow(message);
  model.dispose();
});

it('the layers say so when they are loaded, if those of tfjs are registered elsewhere', () => {
  jest.isolateModules(() => {
    const {serialization} = require('@tensorflow/tfjs-core') as typeof Tf;
    require('@tensorflow/tfjs-layers');
    serialization.SerializationMap.getMap().classNameMap = {};
    expect(() => require('tfjs-pruning/layers')).toThrow(message);
  });
});

it('an argument that is not a model is described by some of its fields', async () => {
  const many = Object.fromEntries(Array.from({length: 40}, (_, i) => [`field${i}`, i]));
  await expect(prunable(many as never)).rejects.toThrow(
    /^prunable: expected a tf.LayersModel, got an object field0, field1, .* and 34 more fields$/,
  );
});
