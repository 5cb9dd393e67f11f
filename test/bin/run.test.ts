import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {encode, prune, sparseFile} from 'tfjs-pruning';
import {run} from '../../bin/run';
import {folder as plainFolder} from '../../demo/node/files';
import '../support/cpu';
import {convNet, mlp, outputsOf} from '../support/models';
import {artifactsOf} from '../support/saving';
import {floatArtifacts} from '../support/sparse';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const savePlain = (artifacts: tf.io.ModelArtifacts) => plainFolder(folder).save(artifacts);

/** The contents of the files of a folder by name. */
const contentsOf = (path: string) =>
  Object.fromEntries(
    readdirSync(path, {withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map(({name}) => [name, readFileSync(join(path, name), 'base64')]),
  );

/** The path of a model.json of a masked network of 4×6 and 6×3 weights at sparsity 0.5. */
async function saved(): Promise<string> {
  const model = mlp();
  await prune(model, 0.5);
  await savePlain(await artifactsOf(model));
  return join(folder, 'model.json');
}

it('report lists the zeros of each kernel, all parameters and bytes', async () => {
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

it('report --json prints the same as JSON', async () => {
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
  await savePlain(graph);
  expect((await run(['report', join(folder, 'model.json')])).out).toContain('75.00 %');
  writeFileSync(join(folder, 'model.tfsp'), await encode(convNet()));
  expect((await run(['report', join(folder, 'model.tfsp')])).out).toContain('conv/kernel');
});

it('prune writes a sparse file that loads, and reports before and after', async () => {
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

it('prune --plain --json also writes a plain model, and prints JSON', async () => {
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

it('convert writes the plain model of a masked one, with the zeros that it has', async () => {
  const out = join(folder, 'out');
  const path = await saved();
  const {code, out: text, error} = await run(['convert', path, '--plain', '-o', out]);
  expect([code, error]).toEqual([0, '']);
  expect(text).toMatch(/^ *weight [\s\S]*hidden\/kernel .* 50\.00 %[\s\S]*Wrote .*model\.tfsp/);
  const json = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'));
  expect(JSON.stringify(json)).not.toMatch(/Prunable|_mask/);
  const [sparse, plain] = await Promise.all(
    ['model.tfsp', 'model.json'].map((name) => run(['report', join(out, name), '--json'])),
  );
  expect(JSON.parse(sparse.out)).toEqual(JSON.parse(plain.out));
  expect(JSON.parse(plain.out).total.kept).toBe(21);
});

it('convert writes a model without kernels, which has nothing to prune', async () => {
  const graph = {...floatArtifacts({shape: [3], values: [0, 1, 0]}), format: 'graph-model'};
  await savePlain(graph);
  const path = join(folder, 'model.json');
  const out = join(folder, 'out');
  expect((await run(['prune', path, '--sparsity', '0', '-o', out])).code).toBe(1);
  expect(await run(['convert', path, '--unchecked', '-o', out])).toMatchObject({code: 0, error: ''});
  expect(existsSync(join(out, 'model.tfsp'))).toBe(true);
});

it('--help and an empty command line print the help', async () => {
  for (const argv of [['--help'], [], ['prune', '-h']]) {
    const {code, out} = await run(argv);
    expect(code).toBe(0);
    expect(out).toMatch(/report <model>[\s\S]*convert <model>[\s\S]*ship <model>[\s\S]*Exit codes/);
    for (const option of ['sparsity', 'values', 'out', 'json'])
      expect(out).toMatch(new RegExp(`^ .*--${option}\\b`, 'm'));
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

it.each([
  [['shrink', 'a'], 'unknown command "shrink"; the commands are report, prune, convert and ship'],
  [['report'], 'report takes one model, got none'],
  [['prune', 'a', 'b', '--sparsity', '0.5'], 'prune takes one model, got 2'],
  [['report', 'a', '--plain'], 'report has no option --plain'],
  [['convert', 'a', '--sparsity', '0.5'], 'convert has no option --sparsity'],
  [['prune', 'a'], '--sparsity must be a number from 0 to below 1, got nothing'],
  [['prune', 'a', '--sparsity', '1'], '--sparsity must be a number from 0 to below 1, got "1"'],
  [['prune', 'a', '--sparsity', '90%'], 'got "90%"'],
  [
    ['prune', 'a', '--sparsity', '0.5', '--values', 'int4'],
    '--values must be float32, float16, int8 or 1 to 8, got "int4"',
  ],
  [['prune', 'a', '--sparsity', '0.5', '-o', ''], '--out must be a folder, got nothing'],
  [['report', 'a', '--sparse'], "'--sparse'"],
])('the command line rejects %j with exit code 2', async (argv, message) => {
  const {code, out, error} = await run(argv);
  expect([code, out]).toEqual([2, '']);
  expect(error).toContain(message);
  expect(error).toMatch(/^tfjs-pruning: .*; see npx tfjs-pruning --help$/);
});

it.each<[string, string | Uint8Array, string]>([
  ['model.json', 'no json', 'is no model.json of tfjs'],
  ['model.json', '{"a":1}', 'is no model.json of tfjs'],
  ['model.h5', 'x', 'is not a model of tfjs; convert it with tensorflowjs_converter'],
  ['model.tfsp', 'tfsp', 'model.tfsp: decodeArtifacts: cannot read the file: it ends'],
  [
    'model.json',
    '{"modelTopology":{},"weightsManifest":[{"paths":["w.bin"],"weights":[]}]}',
    'w.bin: there is no such file',
  ],
  [
    'model.json',
    '{"modelTopology":{},"weightsManifest":[{"paths":[],"weights":[{"name":"w","shape":[2],"dtype":"float32"}]}]}',
    'weights take 8 bytes, but it has 0',
  ],
])('the command line fails with exit code 1 for %s with the contents %j', async (name, contents, message) => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  const {code, out, error} = await run(['report', path]);
  expect([code, out]).toEqual([1, '']);
  expect(error).toContain(message);
});

it('the optimizer of a trained model of Keras 3 counts among no parameters', async () => {
  const path = join(__dirname, '..', 'storage', 'keras3', 'trained-nested', 'model.json');
  const told = JSON.parse((await run(['report', path, '--json'])).out);
  // A dense layer of 6 × 6, and a batch norm of 6 channels.
  expect(told.parameters).toBe(6 * 6 + 6 + 4 * 6);
});

it('weights of a .keras file that no layer of tfjs has are an error that names them', async () => {
  const source = join(__dirname, '..', 'storage', 'keras3', 'trained-nested');
  const text = readFileSync(join(source, 'model.json'), 'utf8');
  writeFileSync(join(folder, 'group1-shard1of1.bin'), readFileSync(join(source, 'group1-shard1of1.bin')));
  const path = join(folder, 'model.json');
  writeFileSync(path, text.replace('"class_name": "Dense"', '"class_name": "EinsumDense"'));
  expect((await run(['report', path])).error).toContain(
    'the weight layers/sequential/layers/dense/vars/0 belongs to no layer that tfjs has; save the model as .h5',
  );
});

describe('the files of the input model', () => {
  it.each([
    ['the model.json', ['--plain']],
    ['a link to the folder', ['--plain'], 'link'],
  ])('are not overwritten by %s without --force', async (_, options, out = '.') => {
    const path = await saved();
    symlinkSync('.', join(folder, 'link'));
    const before = contentsOf(folder);
    const argv = ['prune', path, '--sparsity', '0.75', '-o', join(folder, out), ...options];
    const {code, error} = await run(argv);
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/model\.json is a file of the input model.*--force/),
    ]);
    expect(contentsOf(folder)).toEqual(before);
    expect((await run([...argv, '--force'])).error).toBe('');
    expect((await run(['report', path])).out).toContain('75.00 %');
  });

  it('are not overwritten if they are a sparse file', async () => {
    const path = join(folder, 'model.tfsp');
    writeFileSync(path, await encode(mlp()));
    const argv = ['prune', path, '--sparsity', '0.5', '-o', folder];
    expect((await run(argv)).error).toContain(`${path} is a file of the input model`);
    expect((await run([...argv, '--force'])).error).toBe('');
    expect((await run(['report', path])).out).toContain('50.00 %');
  });

  it('are not overwritten if they are weights, under any name', async () => {
    const path = await saved();
    const out = join(folder, 'out');
    mkdirSync(out);
    linkSync(join(folder, 'weights.bin'), join(out, 'weights.bin'));
    const {error} = await run(['prune', path, '--sparsity', '0.5', '-o', out, '--plain']);
    expect(error).toContain(`${join(out, 'weights.bin')} is a file of the input model`);
  });

  it('may be in the output folder', async () => {
    const {code} = await run(['prune', await saved(), '--sparsity', '0.5', '-o', folder]);
    expect([code, readdirSync(folder).sort()]).toEqual([0, ['model.json', 'model.tfsp', 'weights.bin']]);
  });
});

describe('weights outside of the folder of the model', () => {
  const secret = Buffer.alloc(8, 1);
  const withPath = (path: string) =>
    JSON.stringify({
      modelTopology: {},
      weightsManifest: [{paths: [path], weights: [{name: 'w', shape: [2, 1], dtype: 'float32'}]}],
    });

  it.each([
    '../secret.txt',
    'sub/../../secret.txt',
    './/../secret.txt',
    '..\\secret.txt',
    'sub\\..\\..\\secret.txt',
    '/etc/hostname',
    '\\\\server\\share',
    'C:\\secret.txt',
    'c:secret.txt',
    'file:///etc/hostname',
    '%2e%2e/secret.txt',
    '%2E%2E%2Fsecret.txt',
    '..%2fsecret.txt',
    '..%5csecret.txt',
    '%252e%252e%252fsecret.txt',
    '%2fetc/hostname',
    'link.txt',
    'outside/secret.txt',
    'secret.txt\0.bin',
    '..',
  ])('are rejected: %j', async (shard) => {
    const inner = join(folder, 'model');
    mkdirSync(join(inner, 'sub'), {recursive: true});
    writeFileSync(join(folder, 'secret.txt'), secret);
    symlinkSync('../secret.txt', join(inner, 'link.txt'));
    symlinkSync('..', join(inner, 'outside'));
    writeFileSync(join(inner, 'model.json'), withPath(shard));
    const {code, error} = await run(['report', join(inner, 'model.json')]);
    expect([code, error]).toEqual([
      1,
      expect.stringContaining('outside of its folder; put the file beside it'),
    ]);
  });

  it.each(['w.bin', 'a b/ü..bin', './w.bin', 'sub/./w.bin', 'inside.bin', '100%.bin'])(
    'are not meant by %j',
    async (shard) => {
      mkdirSync(join(folder, 'a b'));
      mkdirSync(join(folder, 'sub'));
      const names = ['w.bin', 'sub/w.bin', 'a b/ü..bin', '100%.bin'];
      for (const name of names) writeFileSync(join(folder, name), secret);
      symlinkSync('w.bin', join(folder, 'inside.bin'));
      writeFileSync(join(folder, 'model.json'), withPath(shard));
      // Also through a linked path.
      symlinkSync('.', join(folder, 'self'));
      expect((await run(['report', join(folder, 'self', 'model.json')])).error).toBe('');
    },
  );
});

describe('a model that tfjs cannot load', () => {
  const broken = async (change: (artifacts: tf.io.ModelArtifacts) => object) => {
    const artifacts = await artifactsOf(mlp());
    await savePlain({...artifacts, ...change(artifacts)});
    const out = join(folder, 'out');
    return run(['prune', join(folder, 'model.json'), '--sparsity', '0.5', '--plain', '-o', out]);
  };

  it.each<[string, (artifacts: tf.io.ModelArtifacts) => object, string]>([
    [
      'with a weight without a layer',
      ({weightSpecs = []}) => ({
        weightSpecs: weightSpecs.map((spec) => ({...spec, name: spec.name.replace('hidden', 'hider')})),
      }),
      'no target variable: hider/kernel',
    ],
    [
      'with an unknown layer',
      ({modelTopology}) => ({
        modelTopology: JSON.parse(JSON.stringify(modelTopology).replace('PrunableDense', 'Denser')),
      }),
      'Unknown layer: Denser',
    ],
    [
      'with an unknown initializer',
      ({modelTopology}) => ({
        modelTopology: JSON.parse(JSON.stringify(modelTopology).replace('RandomNormal', 'Magic')),
      }),
      'Magic',
    ],
    [
      'with a weight of another shape',
      ({weightSpecs = []}) => ({
        weightSpecs: weightSpecs.map((spec) => ({...spec, shape: [...spec.shape].reverse()})),
      }),
      'hape',
    ],
  ])('%s is not written', async (_, change, reason) => {
    const {code, out, error} = await broken(change);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(
      /^tfjs-pruning: tfjs cannot load the new model: .*; nothing was written\. .*--unchecked/s,
    );
    expect(error).toContain(reason);
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'weights.bin']);
  });

  it('is written with --unchecked', async () => {
    await broken(({modelTopology}) => ({
      modelTopology: JSON.parse(JSON.stringify(modelTopology).replace('PrunableDense', 'Denser')),
    }));
    const argv = [
      'prune',
      join(folder, 'model.json'),
      '--sparsity',
      '0.5',
      '-o',
      join(folder, 'out'),
      '--unchecked',
    ];
    expect((await run(argv)).code).toBe(0);
    expect(readdirSync(join(folder, 'out'))).toEqual(['model.tfsp']);
  });
});

it('the command line fails for an output folder that cannot be made before it reads the model', async () => {
  for (const out of ['/proc/x', '/proc/x/y', '/dev/null']) {
    const {code, error} = await run(['prune', join(folder, 'none'), '--sparsity', '0.5', '-o', out]);
    expect([code, error]).toEqual([1, expect.stringContaining(`cannot write into ${out}`)]);
    expect(error).toMatch(/choose another folder with -o$/);
  }
});

it('the command line removes an output folder that it made in vain', async () => {
  await run(['prune', join(folder, 'none'), '--sparsity', '0.5', '-o', join(folder, 'a', 'b')]);
  expect(readdirSync(folder)).toEqual([]);
});

it('the command line names a wrong path', async () => {
  expect((await run(['report', join(folder, 'none')])).error).toContain('there is no such file');
  expect((await run(['report', folder])).error).toContain('it is a folder; give the model.json in it');
  writeFileSync(join(folder, 'file'), '');
  const argv = ['prune', await saved(), '--sparsity', '0.5', '-o', join(folder, 'file')];
  expect((await run(argv)).error).toContain('choose another folder with -o');
});

describe.each(['sequential', 'functional', 'recurrent', 'trained-recurrent', 'trained-nested'])(
  'a %s model that Keras 3 saved',
  (name) => {
    const model = join(__dirname, '..', 'storage', 'keras3', name);

    it('is converted to a file that loads with the outputs of Keras', async () => {
      await run(['convert', join(model, 'model.json'), '-o', folder]);
      const back = await tf.loadLayersModel(sparseFile(`file://${folder}/model.tfsp`));
      const {inputs, output} = JSON.parse(readFileSync(join(model, 'outputs.json'), 'utf8'));
      const got = outputsOf(
        back,
        inputs.map((input: number[]) => tf.tensor(input)),
      );
      expect(got.length).toBe(output.flat(5).length);
      output.flat(5).forEach((value: number, i: number) => {
        expect(got[i]).toBeCloseTo(value, 5);
      });
    });

    it('is rejected by tfjs itself', async () => {
      const json = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
      const plain = {...json, weightSpecs: [], weightData: new ArrayBuffer(0)};
      await expect(tf.loadLayersModel(tf.io.fromMemory(plain))).rejects.toThrow();
    });
  },
);

it('a Keras 3 model without an equivalent in Keras 2 is an error with a workaround', async () => {
  const source = join(__dirname, '..', 'storage', 'keras3', 'functional');
  const text = readFileSync(join(source, 'model.json'), 'utf8');
  writeFileSync(join(folder, 'group1-shard1of1.bin'), readFileSync(join(source, 'group1-shard1of1.bin')));
  const path = join(folder, 'model.json');
  const tensor = JSON.parse(text).modelTopology.model_config.config.layers[2].inbound_nodes[0].args[0];
  writeFileSync(path, text.replace('"kwargs": {}', `"kwargs": {"query": ${JSON.stringify(tensor)}}`));
  expect((await run(['report', path])).error).toMatch(
    /cannot read .*: fromKeras3: .*shared.*tfjs_graph_model/,
  );
  writeFileSync(path, text.replace('"output_layers": ["o", 0, 0]', '"output_layers": {"out": ["o", 0, 0]}'));
  expect((await run(['report', path])).error).toContain('inputs or outputs by name');
});
