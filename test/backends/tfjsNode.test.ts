import * as tf from '@tensorflow/tfjs';
import '../support/cpu';
import {describeWith} from '../support/describeWith';
import {see} from './behavior';
import {behaviors} from './behaviors';

const NAME = '@tensorflow/tfjs-node';

describeWith(withoutTfjsNode(), 'on tfjs-node', () => {
  beforeAll(async () => {
    require(NAME);
    expect(await tf.setBackend('tensorflow')).toBe(true);
  });
  afterAll(() => tf.setBackend('cpu'));

  describe.each(Object.entries(behaviors))('%s:', (_, topic) => {
    it.each(Object.entries(topic))('%s', (_, behavior) => see(behavior));
  });
});

function withoutTfjsNode(): string | undefined {
  try {
    require.resolve(NAME);
  } catch {
    return 'tfjs-node; scripts/tfjs-node.sh installs it';
  }
}
