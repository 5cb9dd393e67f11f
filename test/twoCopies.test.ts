import type * as Tf from '@tensorflow/tfjs';
import {compact, prune, report, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';

const message =
  /^(\w+|tfjs-pruning): two copies of TensorFlow.js are loaded. Run "npm ls @tensorflow\/tfjs-core"[^.]*$/;

/** The exports of a package with a second copy of tfjs. */
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
])('%s throws for a model of a second copy of tfjs, and explains how to find it', async (_, run) => {
  const {layers, sequential} = otherCopy();
  const model = sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
  await expect(run(model)).rejects.toThrow(message);
  model.dispose();
});

it('loading the layers throws if the layers of tfjs are registered in another copy', () => {
  jest.isolateModules(() => {
    const {serialization} = require('@tensorflow/tfjs-core') as typeof Tf;
    require('@tensorflow/tfjs-layers');
    serialization.SerializationMap.getMap().classNameMap = {};
    expect(() => require('tfjs-pruning/layers')).toThrow(message);
  });
});

it('prune() describes an argument that is not a model by some of its fields', async () => {
  const many = Object.fromEntries(Array.from({length: 40}, (_, i) => [`field${i}`, i]));
  await expect(prunable(many as never)).rejects.toThrow(
    /^prunable: expected a tf.LayersModel, got an object field0, field1, .* and 34 more fields$/,
  );
});
