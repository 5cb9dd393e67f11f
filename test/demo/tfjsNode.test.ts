import * as tf from '@tensorflow/tfjs';
import {mendUtil} from '../../demo/node/tfjsNode';
import '../support/cpu';
import {hasTfjsNode, itOnNode, loadTfjsNode} from '../support/tfjsNode';

describe('loadTfjsNode', () => {
  itOnNode('registers a backend in the loaded tfjs', async () => {
    expect(loadTfjsNode().Tensor).toBe(tf.Tensor);
    await tf.setBackend('tensorflow');
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
    await tf.setBackend('cpu');
  });

  itOnNode('runs functions that call util.isNullOrUndefined in newer versions of Node', async () => {
    const util: {isNullOrUndefined?: (value: unknown) => boolean} = require('node:util');
    const original = util.isNullOrUndefined;
    util.isNullOrUndefined = undefined;
    loadTfjsNode();
    await tf.setBackend('tensorflow');
    const {values, indices} = tf.topk(tf.tensor1d([3, 9, 5]), 2);
    expect([...values.dataSync()]).toEqual([9, 5]);
    expect([...indices.dataSync()]).toEqual([1, 2]);
    await tf.setBackend('cpu');
    util.isNullOrUndefined = original;
  });

  (hasTfjsNode() ? it.skip : it)('throws without tfjs-node, and explains how to install it', () => {
    expect(loadTfjsNode).toThrow(/tfjs-node is not installed; scripts\/tfjs-node\.sh installs/);
  });
});

it('mendUtil() adds the function that Node 23 removed, and keeps an existing one', () => {
  const [bare, whole] = [{} as Parameters<typeof mendUtil>[0], {isNullOrUndefined: () => true}];
  const {isNullOrUndefined} = whole;
  mendUtil(bare);
  mendUtil(whole);
  expect([null, undefined, 0, ''].map((value) => bare.isNullOrUndefined?.(value))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(whole.isNullOrUndefined).toBe(isNullOrUndefined);
});
