import * as tf from '@tensorflow/tfjs';
import {block, channel, nOfM, type Pattern, type PruningTarget, patternFor, prune} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';
import {masksOf, setKernels} from './support/models';
import {weightOf} from './support/weights';

const weight = weightOf([3, 3, 6, 8]);

it.each<[PruningTarget, Pattern]>([
  ['wasm', block(1, 4)],
  ['webgl', channel()],
  ['webgpu', channel()],
  ['cpu', channel()],
  ['tensorflow', channel()],
  ['tfjs-node', channel()],
  ['microcontroller', channel({roundTo: 4})],
  ['ampere', nOfM({n: 2, m: 4})],
  ['fpga', nOfM({n: 1, m: 4})],
])('patternFor(%j) returns the pattern of docs/targets.md', (target, expected) => {
  const found = patternFor(target);
  const declared = ({skips, tie, roundTo}: Pattern) => ({skips, tie: typeof tie, roundTo});
  expect(declared(found)).toEqual(declared(expected));
  expect(found(weight)).toEqual(expected(weight));
  const scores = Float32Array.from({length: 432}, (_, i) => (i * 7919) % 1009);
  expect(found.select?.(weight, scores)).toEqual(expected.select?.(weight, scores));
});

it('patternFor() without a target uses the current backend', () => {
  expect(patternFor(tf.getBackend() as PruningTarget).tie).toBeDefined();
});

it("patternFor('wasm') returns blocks of four neighboring outputs of one input", async () => {
  const model = tf.sequential({layers: [prunableDense({units: 8, inputShape: [2]})]});
  setKernels(model, [
    [1, 1, 1, 1, 0, 0, 0, 9],
    [2, 2, 2, 2, 1, 1, 1, 2],
  ]);
  await prune(model, 0.5, {pattern: patternFor('wasm')});
  expect(masksOf(model)).toEqual([[0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]]);
});

it.each([
  ['gpu', '"gpu"'],
  ['toString', '"toString"'],
  [undefined, 'undefined'],
])('patternFor() rejects %p and lists the known targets', (target, told) => {
  expect(() => patternFor(target as never)).toThrow(
    `patternFor: unknown target ${told}; there are wasm, webgl, webgpu, cpu, tensorflow, tfjs-node, ampere, ` +
      'microcontroller, fpga',
  );
});
