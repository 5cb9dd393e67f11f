import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {encode, prune, sparseFile} from 'tfjs-pruning';
import {writePlain} from '../../bin/modelFiles';
import {run} from '../../bin/run';
import '../support/cpu';
import {convNet, mlp, outputsOf} from '../support/models';
import {artifactsOf} from '../support/saving';
import {floatArtifacts} from '../support/sparse';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

/** The path of a model.json of a masked network of 4×6 and 6×3 weights, of which half are pruned. */
async function saved(): Promise<string> {
  const model = mlp();
  await prune(model, 0.5);
  writePlain(folder, await artifactsOf(model));
  return join(folder, 'model.json');
}

it('report tells the zeros of each kernel, all parameters and bytes', async () => {
  const {code, out, error} = await run(['report', await saved()]);
  expect([code, error]).toEqual([0, '']);
  expect(out.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
    'weight | shape | size | not zero | sparsity',
    expect.stringMatching(/^─+$/),
    'hidden/kernel | 4×6 | 24 | 12 | 50.00 %',
    'output/kernel | 6×3 | 18 | 9 | 50.00 %',
    'total | 42 | 21 | 50.00 %',
    '51 parameters with biases, 204 bytes',
  ]);
});

it('report --json tells the same', async () => {
  const {out} = await run(['report', await saved(), '--json']);
  expect(JSON.parse(out)).toEqual({
    weights: [
      {name: 'hidden/kernel', shape: [4, 6], size: 24, kept: 12, sparsity: 0.5},
      {name: 'output/kernel', shape: [6, 3], size: 18, kept: 9, sparsity: 0.5},
    ],
    total: {size: 42, kept: 21, sparsity: 0.5},
    parameters: 51,
    bytes: 204,
  });
});

it('report reads a graph, and a sparse file', async () => {
  const graph = {...floatArtifacts({shape: [2, 2], values: [0, 1, 0, 0]}), format: 'graph-model'};
  writePlain(folder, graph);
  expect((await run(['report', join(folder, 'model.json')])).out).toContain('75.00 %');
  writeFileSync(join(folder, 'model.tfsp'), await encode(convNet()));
  expect((await run(['report', join(folder, 'model.tfsp')])).out).toContain('conv/kernel');
});

it('prune writes a sparse file that loads, and tells before and after', async () => {
  const out = join(folder, 'out');
  const told = await run(['prune', await saved(), '--sparsity', '0.75', '--values', 'int8', '-o', out]);
  expect([told.code, told.error]).toEqual([0, '']);
  expect(told.out).toMatch(
    /Before[\s\S]*hidden\/kernel .* 50\.00 %[\s\S]*After[\s\S]*hidden\/kernel .* 75\.00 %/,
  );
  const path = join(out, 'model.tfsp');
  expect(told.out).toContain(`${statSync(path).size} bytes`.replace(/(\d)(?=\d{3} )/, '$1,'));
  const back = await tf.loadLayersModel(sparseFile(`file://${path}`));
  expect([...back.getWeights()[0].dataSync()].filter((value) => value !== 0).length).toBe(6);
  expect(existsSync(join(out, 'model.json'))).toBe(false);
});

it('prune --plain --json writes a plain model too, and tells in numbers', async () => {
  const out = join(folder, 'out');
  const told = JSON.parse(
    (await run(['prune', await saved(), '--sparsity', '0.75', '--plain', '--json', '-o', out])).out,
  );
  expect(told.files).toEqual(['model.tfsp', 'model.json', 'weights.bin'].map((name) => join(out, name)));
  expect([told.before.total.kept, told.after.total.kept]).toEqual([21, 10]);
  expect(told.fileBytes).toBe(statSync(told.files[0]).size);
  const plain = JSON.parse((await run(['report', told.files[1], '--json'])).out);
  expect(plain).toEqual(told.after);
});

it('--help, and nothing at all, tell what there is', async () => {
  for (const argv of [['--help'], [], ['prune', '-h']]) {
    const {code, out} = await run(argv);
    expect(code).toBe(0);
    expect(out).toMatch(
      /report <model>[\s\S]*--sparsity[\s\S]*--values[\s\S]*--out[\s\S]*--json[\s\S]*Exit codes/,
    );
  }
});

it.each([
  [['shrink', 'a'], 'unknown command "shrink"; there are report and prune'],
  [['report'], 'report takes one model, got none'],
  [['prune', 'a', 'b', '--sparsity', '0.5'], 'prune takes one model, got 2'],
  [['report', 'a', '--plain'], 'report has no option --plain'],
  [['prune', 'a'], '--sparsity must be a number from 0 to below 1, got nothing'],
  [['prune', 'a', '--sparsity', '1'], '--sparsity must be a number from 0 to below 1, got "1"'],
  [['prune', 'a', '--sparsity', '90%'], 'got "90%"'],
  [
    ['prune', 'a', '--sparsity', '0.5', '--values', 'int4'],
    '--values must be float32, float16, int8 or 1 to 8, got "int4"',
  ],
  [['report', 'a', '--sparse'], "'--sparse'"],
])('%j are wrong options: exit code 2', async (argv, message) => {
  const {code, out, error} = await run(argv);
  expect([code, out]).toEqual([2, '']);
  expect(error).toContain(message);
  expect(error).toMatch(/^tfjs-pruning: .*; npx tfjs-pruning --help tells more$/);
});

it.each<[string, string | Uint8Array, string]>([
  ['model.json', 'no json', 'is no model.json of tfjs'],
  ['model.json', '{"a":1}', 'is no model.json of tfjs'],
  ['model.h5', 'x', 'is no model of tfjs; convert it with tensorflowjs_converter'],
  ['model.tfsp', 'tfsp', 'sparse file: it ends'],
  [
    'model.json',
    '{"modelTopology":{},"weightsManifest":[{"paths":["w.bin"],"weights":[]}]}',
    'w.bin: there is no such file',
  ],
  [
    'model.json',
    '{"modelTopology":{},"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[2],"dtype":"float32"}]}]}',
    'weights take 8 bytes and there are 0',
  ],
])('%s that holds %j is told: exit code 1', async (name, contents, message) => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  const {code, out, error} = await run(['report', path]);
  expect([code, out]).toEqual([1, '']);
  expect(error).toContain(message);
});

it('a path that is wrong is told', async () => {
  expect((await run(['report', join(folder, 'none')])).error).toContain('there is no such file');
  expect((await run(['report', folder])).error).toContain('it is a folder; give the model.json in it');
  writeFileSync(join(folder, 'file'), '');
  const argv = ['prune', await saved(), '--sparsity', '0.5', '-o', join(folder, 'file')];
  expect((await run(argv)).error).toContain('choose another folder by -o');
});

describe.each(['sequential', 'functional', 'recurrent'])('a %s model that Keras 3 saved', (name) => {
  const model = join(__dirname, 'keras3', name);

  it('loads with the outputs that Keras gave', async () => {
    await run(['prune', join(model, 'model.json'), '--sparsity', '0', '-o', folder]);
    const back = await tf.loadLayersModel(sparseFile(`file://${folder}/model.tfsp`));
    const {inputs, output} = JSON.parse(readFileSync(join(model, 'outputs.json'), 'utf8'));
    const got = outputsOf(
      back,
      inputs.map((input: number[]) => tf.tensor(input)),
    );
    expect(got.length).toBe(output.flat().length);
    output.flat().forEach((value: number, i: number) => {
      expect(got[i]).toBeCloseTo(value, 5);
    });
  });

  it('is refused by tfjs itself', async () => {
    const json = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
    const plain = {...json, weightSpecs: [], weightData: new ArrayBuffer(0)};
    await expect(tf.loadLayersModel(tf.io.fromMemory(plain))).rejects.toThrow();
  });
});

it('a model of Keras 3 that Keras 2 cannot say is refused with the way out', async () => {
  const source = join(__dirname, 'keras3', 'functional');
  const text = readFileSync(join(source, 'model.json'), 'utf8');
  writeFileSync(join(folder, 'group1-shard1of1.bin'), readFileSync(join(source, 'group1-shard1of1.bin')));
  const path = join(folder, 'model.json');
  const tensor = JSON.parse(text).modelTopology.model_config.config.layers[2].inbound_nodes[0].args[0];
  writeFileSync(path, text.replace('"kwargs": {}', `"kwargs": {"query": ${JSON.stringify(tensor)}}`));
  expect((await run(['report', path])).error).toMatch(/of Keras 3: .*shared.*tfjs_graph_model/);
  writeFileSync(path, text.replace('"output_layers": ["o", 0, 0]', '"output_layers": {"out": ["o", 0, 0]}'));
  expect((await run(['report', path])).error).toContain('inputs or outputs by name');
});
