import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {sparseFile} from 'tfjs-pruning';
import {run} from '../../bin/run';
import {folder as plainFolder} from '../../demo/node/files';
import '../support/cpu';
import {graphArtifacts, loadGraph, type Node} from '../support/graphModel';
import {started} from '../support/programs';
import {numbers} from '../wasm/backends';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const ones = {list: {i: ['1', '1', '1', '1']}};
const valid = {strides: ones, dilations: ones, padding: {s: btoa('VALID')}, data_format: {s: btoa('NHWC')}};
const convolution: Node = ['c', 'Conv2D', ['x', 'f'], valid];

/** Saves a graph with a filter `f`, and returns the path of its model.json. */
async function saved(nodes: Node[], shape = [-1, 6, 5, 2]): Promise<string> {
  const artifacts = await graphArtifacts(shape, nodes, {
    f: numbers([3, 3, 2, 4], 1),
    k: tf.scalar(2, 'int32'),
  });
  await plainFolder(folder).save({...artifacts, format: 'graph-model'});
  return join(folder, 'model.json');
}

it('convert makes a layers model with the same outputs of a graph model', async () => {
  const path = await saved([convolution, ['y', 'Elu', ['c']]]);
  const out = join(folder, 'layers');
  const {code, out: text, error} = await run(['convert', path, '-o', out, '--plain']);
  expect([code, error]).toEqual([0, '']);
  expect(text).toMatch(
    /^outputs: y\nall nodes are converted\n\nBefore[\s\S]*c\/kernel[\s\S]*Wrote .*model\.tfsp/,
  );
  const x = numbers([2, 6, 5, 2], 3);
  const graph = await loadGraph(await plainFolder(folder).load());
  const expected = await (graph.execute({x}, 'y') as tf.Tensor).data();
  for (const source of [sparseFile(`file://${join(out, 'model.tfsp')}`), plainFolder(out)]) {
    const model = await tf.loadLayersModel(source);
    expect(await (model.predict(x) as tf.Tensor).data()).toEqual(expected);
  }
});

it('convert lists the nodes that no layers compute, and ends where --outputs says', async () => {
  const path = await saved([convolution, ['r', 'Relu', ['c']], ['y', 'TopKV2', ['r', 'k']]]);
  const out = join(folder, 'layers');
  const whole = await run(['convert', path, '-o', out]);
  expect(whole.out).toMatch(/^outputs: r\nleft out +op +reason *\n.*\ny +TopKV2 +no layer computes it *\n/);
  const {outputs, outside} = JSON.parse((await run(['convert', path, '-o', out, '--json'])).out);
  expect([outputs, outside]).toEqual([['r'], [{node: 'y', op: 'TopKV2', reason: 'no layer computes it'}]]);
  const part = await run(['convert', path, '-o', out, '--outputs', 'c, r']);
  expect(part.out).toMatch(/^outputs: c, r\nall nodes are converted\n/);
});

it('convert fixes sizes by --input, and begins at other nodes', async () => {
  const path = await saved(
    [
      ['s', 'Shape', ['x']],
      ['t', 'Tile', ['x', 's']],
      ['u', 'Abs', ['t']],
    ],
    [-1, -1, 2],
  );
  const argv = ['convert', path, '-o', join(folder, 'layers')];
  expect((await run(argv)).error).toBe(
    'tfjs-pruning: cannot convert the Shape s: the sizes [1,?,2] vary; fix them by --input <node=sizes>',
  );
  expect((await run([...argv, '--input', 'x=3x2'])).out).toMatch(/^outputs: u\nall nodes are converted/);
  expect((await run([...argv, '--input', 't=9x4'])).out).toMatch(/^outputs: u\nall nodes are converted/);
});

it('convert needs no more than @tensorflow/tfjs', async () => {
  const path = await saved([convolution, ['y', 'Elu', ['c']]]);
  const child = started(['bin/main.ts', 'convert', path, '-o', join(folder, 'layers')]);
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  expect(existsSync(join(folder, 'layers', 'model.tfsp'))).toBe(true);
});

it('convert names the unsupported part, and the remedy', async () => {
  const convert = async (path: string, ...more: string[]) =>
    (await run(['convert', path, '-o', join(folder, 'layers'), ...more])).error.replaceAll(folder, '');
  expect(await convert(await saved([['y', 'Foo', ['x']]]))).toBe(
    'tfjs-pruning: cannot convert the Foo y: no layer computes it; end the model before it by --outputs <nodes>, or begin it ' +
      'later by --input <node=sizes>',
  );
  const graph = await saved([convolution]);
  expect(await convert(graph, '--outputs', 'z')).toBe(
    'tfjs-pruning: the graph has no node z; outputs and inputs are names of nodes',
  );
  const json = JSON.parse(readFileSync(graph, 'utf8'));
  json.weightsManifest[0].weights.splice(0, 1);
  writeFileSync(graph, JSON.stringify(json));
  expect(await convert(graph)).toBe(
    'tfjs-pruning: the values of the Const f are missing; give the weightSpecs and weightData of all files',
  );
  rmSync(join(folder, 'weights.bin'));
  expect(await convert(graph)).toMatch(/cannot read \/weights.bin: there is no such file/);
  mkdirSync(join(folder, 'saved'));
  writeFileSync(join(folder, 'saved', 'saved_model.pb'), '');
  expect(await convert(join(folder, 'saved'))).toBe(
    'tfjs-pruning: /saved is a SavedModel; convert it with tensorflowjs_converter',
  );
  expect(await convert(join(folder, 'saved', 'saved_model.pb'))).toMatch(
    /saved_model.pb is not a model of tfjs; convert it with tensorflowjs_converter/,
  );
  writeFileSync(join(folder, 'model.tflite'), '');
  expect(await convert(join(folder, 'model.tflite'))).toMatch(
    /model.tflite is a tflite file, which no tool converts back; convert the SavedModel or Keras model/,
  );
});
