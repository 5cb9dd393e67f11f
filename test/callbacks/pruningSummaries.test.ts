import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {constant, linear, prune, report} from 'tfjs-pruning';
import {iterativePruning, pruning, pruningSummaries} from 'tfjs-pruning/callbacks';
import {type Scalar, scalarsIn} from '../support/events';
import {examples, oneDense} from '../support/models';
import {itOnNode, loadTfjsNode} from '../support/tfjsNode';
import {compiled, fitOn} from '../support/training';

/** A writer that keeps what it is given, and counts how often it is flushed. */
function memory() {
  const scalars: Scalar[] = [];
  const writer = {
    flushed: 0,
    scalar: (name: string, value: number, step: number) => scalars.push({name, value, step}),
    flush: () => {
      writer.flushed++;
    },
  };
  return {scalars, writer};
}

const named = (scalars: Scalar[], wanted: string) =>
  scalars.filter(({name}) => name === wanted).map(({step, value}) => [step, value]);

describe('pruningSummaries', () => {
  it('writes the sparsity of each weight and of all weights per epoch, after the update at its end', async () => {
    const {scalars, writer} = memory();
    const model = compiled();
    const callbacks = [pruning({schedule: linear({to: 0.5}), begin: 0, end: 2}), pruningSummaries(writer)];
    const {sparsity} = await fitOn(model, {epochs: 3, callbacks});
    expect(named(scalars, 'sparsity')).toEqual((sparsity as number[]).map((value, epoch) => [epoch, value]));
    expect(named(scalars, 'sparsity/hidden/kernel')).toEqual([
      [0, 0],
      [1, 0.25],
      [2, 0.5],
    ]);
    expect(named(scalars, 'sparsity/output/kernel').at(-1)).toEqual([2, report(model).weights[1].sparsity]);
    expect(named(scalars, 'accepted')).toEqual([]);
    expect(writer.flushed).toBe(3);
  });

  it('writes the highest pruned score of each weight after an update, if any of it was pruned', async () => {
    const {scalars, writer} = memory();
    const model = oneDense([[1, 5, 2, 4]]);
    model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
    await model.fit(tf.zeros([1, 1]), tf.zeros([1, 4]), {
      epochs: 4,
      verbose: 0,
      callbacks: [pruning({schedule: linear({to: 0.5}), begin: 0, end: 2}), pruningSummaries(writer)],
    });
    expect(named(scalars, 'threshold/only/kernel')).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('writes whether iterativePruning() accepted a cut', async () => {
    const {scalars, writer} = memory();
    const [model, {x, y}] = [compiled(), examples()];
    const loop = iterativePruning({monitor: 'val_loss', maxDrop: 100, step: 0.25});
    const history = await fitOn(model, {
      epochs: 4,
      validationData: [x, y],
      callbacks: [loop, pruningSummaries(writer)],
    });
    expect(named(scalars, 'accepted')).toEqual(history.accepted.map((value, epoch) => [epoch, value]));
    expect(history.accepted).toContain(1);
    expect(named(scalars, 'threshold/hidden/kernel').map(([epoch]) => epoch)).toEqual(
      loop.rounds.map(({epoch}) => epoch),
    );
  });

  it('writes the sparsity of a model that no callback prunes', async () => {
    const {scalars, writer} = memory();
    const model = compiled();
    await prune(model, 0.5);
    await fitOn(model, {epochs: 1, callbacks: [pruningSummaries(writer)]});
    expect(named(scalars, 'sparsity')).toEqual([[0, 0.5]]);
  });

  it('rejects a place before the callback that prunes, and works in the next fit', async () => {
    const {scalars, writer} = memory();
    const summaries = pruningSummaries(writer);
    const model = compiled();
    const pruner = pruning({schedule: constant(0.5), begin: 0, end: 0});
    await expect(fitOn(model, {epochs: 1, callbacks: [summaries, pruner]})).rejects.toThrow(
      /^pruningSummaries: it comes before the callback that prunes, .*; put it last in the list$/,
    );
    expect(scalars).toEqual([]);
    await fitOn(model, {epochs: 1, callbacks: [pruner, summaries]});
    expect(named(scalars, 'sparsity')).toEqual([[0, 0.5]]);
  });

  it.each([[undefined], ['logs'], [{scalar: () => {}}]])('rejects %j as a writer', (writer) => {
    expect(() => pruningSummaries(writer as never)).toThrow(
      /^pruningSummaries: the writer must have scalar\(name, value, step\) and flush\(\), as tf\.node\.summaryFileWriter\('logs'\), got /,
    );
  });

  itOnNode('writes for TensorBoard by tfjs-node what reads back the same, and leaves no tensor', async () => {
    const {node} = loadTfjsNode();
    await tf.setBackend('tensorflow');
    const folder = mkdtempSync(join(tmpdir(), 'summaries-'));
    const {scalars, writer} = memory();
    const model = compiled();
    const both = [pruningSummaries(node.summaryFileWriter(folder)), pruningSummaries(writer)];
    const loop = iterativePruning({monitor: 'loss', maxDrop: 100, step: 0.25});
    const before = tf.memory().numTensors;
    await fitOn(model, {epochs: 4, callbacks: [loop, ...both]});
    expect(tf.memory().numTensors).toBe(before);
    expect(scalars.map(({name}) => name)).toEqual(
      expect.arrayContaining(['sparsity/output/kernel', 'threshold/hidden/kernel', 'accepted']),
    );
    expect(scalarsIn(folder)).toEqual(scalars.map((one) => ({...one, value: Math.fround(one.value)})));
    await tf.setBackend('cpu');
  });
});
