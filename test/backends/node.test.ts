import * as tf from '@tensorflow/tfjs';
import {enableTraining} from 'tfjs-pruning/wasm';
import {useBackend} from '../support/backends';
import {refused, see} from './behavior';
import {behaviors} from './behaviors';

const topics = Object.entries(behaviors);

describe('on the CPU', () => {
  useBackend('cpu');
  describe.each(topics)('%s:', (_, topic) => {
    it.each(Object.entries(topic))('%s', (_, behavior) => see(behavior));
  });
});

describe('on WASM without enableTraining()', () => {
  useBackend('wasm');
  describe.each(topics)('%s:', (_, topic) => {
    for (const [name, behavior] of Object.entries(topic)) {
      const {needs} = behavior;
      if (!needs) it(name, () => see(behavior));
      else
        it(`a missing kernel is an error: ${name}`, async () => {
          // Disposes the tensors made before the error.
          tf.engine().startScope();
          await refused(see(behavior), new RegExp(`Kernel '(${needs})' not registered for backend 'wasm'`));
          tf.engine().endScope();
        });
    }
  });
});

describe('on WASM with enableTraining()', () => {
  useBackend('wasm');
  let disable = () => {};
  beforeAll(() => {
    disable = enableTraining();
  });
  afterAll(() => disable());
  describe.each(topics)('%s:', (_, topic) => {
    it.each(Object.entries(topic))('%s', (_, behavior) => see(behavior));
  });
});
