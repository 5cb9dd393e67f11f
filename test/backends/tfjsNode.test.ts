import * as tf from '@tensorflow/tfjs';
import '../support/cpu';
import {describeWith} from '../support/describeWith';
import {loadTfjsNode, withoutTfjsNode} from '../support/tfjsNode';
import {see} from './behavior';
import {behaviors} from './behaviors';

describeWith(withoutTfjsNode(), 'on tfjs-node', () => {
  beforeAll(async () => {
    loadTfjsNode();
    expect(await tf.setBackend('tensorflow')).toBe(true);
  });
  afterAll(() => tf.setBackend('cpu'));

  describe.each(Object.entries(behaviors))('%s:', (_, topic) => {
    it.each(Object.entries(topic))('%s', (_, behavior) => see(behavior));
  });
});
