import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {prunableWeights, report, strip} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import './support/cpu';
import {examplesIn, run} from './support/examples';
import {seeded} from './support/models';

const examples = examplesIn('docs/targets.md');

function network(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      prunableConv2d({filters: 8, kernelSize: 3, inputShape: [6, 6, 1], kernelInitializer: seeded(1)}),
      tf.layers.flatten(),
      prunableDense({units: 12, activation: 'relu', kernelInitializer: seeded(2)}),
      prunableDense({units: 3, activation: 'softmax', kernelInitializer: seeded(3)}),
    ],
  });
  model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
  return model;
}

/** Models of one layer, of different sizes and kinds. */
const layers = () => [
  ...[16, 64].map((units) => tf.sequential({layers: [prunableDense({units, inputShape: [64]})]})),
  ...[8, 16].map((filters) =>
    tf.sequential({layers: [prunableConv2d({filters, kernelSize: 3, inputShape: [10, 10, 4]})]}),
  ),
];

it.each(examples)('docs/targets.md: the example of %s runs', async (_, code) => {
  const model = network();
  const x = tf.randomNormal([16, 6, 6, 1], 0, 1, 'float32', 1);
  const y = tf
    .oneHot(
      tf.tensor1d(
        Array.from({length: 16}, (_, i) => i % 3),
        'int32',
      ),
      3,
    )
    .toFloat();
  const declared = /const (\[macs, bytes, blockOverhead\])/.test(code)
    ? ['macs', 'bytes', 'blockOverhead', 'rows']
    : [];
  const {rows, ...costs} = await run(code, {model, x, y, layers: layers(), ship: strip}, declared);
  for (const cost of Object.values(costs)) {
    expect(cost).toBeGreaterThanOrEqual(0);
  }
  expect(rows ?? Array(12)).toHaveLength(12);
  expect(report(model).total.sparsity).toBeGreaterThan(0.1);
  expect(prunableWeights(model)).toHaveLength(3);
});

it.each(['docs/targets.md', 'docs/why-no-faster.md'])(
  '%s is linked from the README, and links to existing files',
  (page) => {
    const root = join(__dirname, '..');
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`(${page})`);
    const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!http)([^)#]+)/g)].map(
      ([, link]) => link,
    );
    expect(links.filter((link) => readFileSync(join(root, 'docs', link)).length === 0)).toEqual([]);
  },
);
