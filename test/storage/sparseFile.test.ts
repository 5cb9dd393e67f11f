import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {decode, encode, prune, sparseFile, strip} from 'tfjs-pruning';
import {encodeArtifacts, sparseFile as sameFile} from 'tfjs-pruning/storage';
import '../support/cpu';
import {convNet, mlp, outputsOf} from '../support/models';
import {limited} from '../support/programs';
import {floatArtifacts} from '../support/sparse';

/** A handler that stores artifacts as JSON and bytes, like those of tf.io. */
function shelf(): Required<tf.io.IOHandler> & {kept: () => tf.io.ModelArtifacts} {
  let kept = '';
  let data = new ArrayBuffer(0);
  const artifacts = () => ({...JSON.parse(kept), weightData: data}) as tf.io.ModelArtifacts;
  return {
    kept: artifacts,
    load: async () => artifacts(),
    save: async ({weightData, ...rest}) => {
      kept = JSON.stringify(rest);
      data = tf.io.CompositeArrayBuffer.join(weightData).slice(0);
      return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
    },
  };
}

/** A graph that adds a weight to its input. */
const graph: tf.io.ModelArtifacts = {
  ...floatArtifacts({shape: [2, 2], values: [0, 2, 0, 0]}),
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: {dtype: {type: 'DT_FLOAT'}, shape: {shape: {dim: [{size: '2'}, {size: '2'}]}}},
      },
      {name: 'w0', op: 'Const', attr: {dtype: {type: 'DT_FLOAT'}}},
      {name: 'sum', op: 'AddV2', input: ['x', 'w0'], attr: {T: {type: 'DT_FLOAT'}}},
    ],
    versions: {producer: 1},
  },
};

describe('a sparse file in a handler', () => {
  it('saves a masked model and loads the plain one', async () => {
    const model = convNet();
    await prune(model, 0.6);
    const handler = shelf();
    await model.save(sparseFile(handler));
    const back = await tf.loadLayersModel(sparseFile(handler));
    expect(back.layers.map((layer) => layer.getClassName())).toEqual(['Conv2D', 'Flatten', 'Dense']);
    expect(outputsOf(back)).toEqual(outputsOf(model));
  });

  it('is stored by the handler as a model of one weight', async () => {
    const handler = shelf();
    await mlp().save(sparseFile(handler, {values: 'int8'}));
    const {weightSpecs, weightData} = handler.kept();
    const [{dtype, shape}] = weightSpecs ?? [];
    expect([weightSpecs?.length, dtype, shape[0]]).toEqual([
      1,
      'bool',
      (weightData as ArrayBuffer).byteLength,
    ]);
    await decode(new Uint8Array(weightData as ArrayBuffer));
  });

  it('is also loaded by tf.loadGraphModel', async () => {
    const handler = shelf();
    await sparseFile(handler).save(graph);
    const back = await tf.loadGraphModel(sparseFile(handler));
    const sum = back.predict(tf.ones([2, 2])) as tf.Tensor;
    expect([...sum.dataSync()]).toEqual([1, 3, 1, 1]);
  });

  it('keeps the optimizer with includeOptimizer', async () => {
    const model = await strip(mlp());
    model.compile({optimizer: tf.train.momentum(0.1, 0.9), loss: 'meanSquaredError'});
    await model.fit(tf.ones([4, 4]), tf.ones([4, 3]), {verbose: 0});
    const handler = shelf();
    await model.save(sparseFile(handler, {values: 'int8'}), {includeOptimizer: true});
    const back = await tf.loadLayersModel(sparseFile(handler));
    const slots = async ({optimizer}: tf.LayersModel) =>
      (await optimizer.getWeights()).map(({tensor}) => [...tensor.dataSync()]);
    expect(await slots(back)).toEqual(await slots(model));
  });

  it('is distinguished from a plain model', async () => {
    const handler = shelf();
    await (await strip(mlp())).save(handler);
    await expect(tf.loadLayersModel(sparseFile(handler))).rejects.toThrow(
      'sparseFile: the content of the handler is not a sparse file; load it without sparseFile()',
    );
  });
});

describe('a sparse file on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparse-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it('is saved to and loaded from file://, with the bytes of encode()', async () => {
    const model = await strip(mlp());
    const path = join(folder, 'model.tfsp');
    await model.save(sparseFile(`file://${path}`));
    expect(outputsOf(await decode(readFileSync(path)))).toEqual(outputsOf(model));
    writeFileSync(path, await encode(model));
    expect(outputsOf(await tf.loadLayersModel(sparseFile(`file://${path}`)))).toEqual(outputsOf(model));
  });

  it('replaces an older file, also behind a link, keeps its permissions, and leaves no temporary file', async () => {
    const path = join(folder, 'model.tfsp');
    writeFileSync(path, 'old', {mode: 0o600});
    symlinkSync('model.tfsp', join(folder, 'link.tfsp'));
    await mlp().save(sparseFile(`file://${folder}/link.tfsp`));
    expect(lstatSync(join(folder, 'link.tfsp')).isSymbolicLink()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await decode(readFileSync(path));
    expect(readdirSync(folder).sort()).toEqual(['link.tfsp', 'model.tfsp']);
  });

  it('is not written at all when the disk is full', async () => {
    const path = join(folder, 'model.tfsp');
    writeFileSync(path, 'old');
    const {status, stderr} = limited(4, ['test/support/saveLarge.ts', path]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`sparseFile: cannot write ${path}: EFBIG`)]);
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['model.tfsp']]);
  });

  it('is an error to load from a missing path, which names the path', async () => {
    const path = join(folder, 'none.tfsp');
    await expect(tf.loadLayersModel(sparseFile(path))).rejects.toThrow(
      `sparseFile: cannot read ${path}: ENOENT`,
    );
  });

  it('that is damaged is an error that names the called function and the path', async () => {
    const path = join(folder, 'model.tfsp');
    const bytes = (await encode(mlp())).slice(0, -1);
    writeFileSync(path, bytes);
    const reason = /its? .+; the file is damaged or not a sparse file: get it again$/.source;
    await expect(decode(bytes)).rejects.toThrow(new RegExp(`^decode: cannot read the file: ${reason}`));
    await expect(tf.loadLayersModel(sparseFile(path))).rejects.toThrow(
      new RegExp(`^sparseFile: cannot read ${path}: ${reason}`),
    );
  });

  it('cannot be written into a missing folder, or over a folder', async () => {
    for (const path of [join(folder, 'none', 'model.tfsp'), folder]) {
      await expect(mlp().save(sparseFile(`file://${path}`))).rejects.toThrow(
        `sparseFile: cannot write ${path}: `,
      );
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['an absolute path', (path: string) => path],
    ['a relative path', (path: string) => relative(process.cwd(), path)],
    ['a path that ends in .json', (path: string) => `${path}.json`],
  ])('is saved to and loaded from %s', async (_, from) => {
    const model = await strip(mlp());
    const path = from(join(folder, 'model.tfsp'));
    await model.save(sparseFile(path));
    expect(outputsOf(await decode(readFileSync(path)))).toEqual(outputsOf(model));
    expect(outputsOf(await tf.loadLayersModel(sparseFile(path)))).toEqual(outputsOf(model));
  });

  it('that is missing is an error with its path', async () => {
    await expect(tf.loadLayersModel(sparseFile(`file://${folder}/none`))).rejects.toThrow(`${folder}/none`);
  });
});

describe('a sparse file on the web', () => {
  let server: Server;
  let url: string;
  const files = new Map<string, Uint8Array | string>();
  beforeAll(async () => {
    server = createServer(({url: path = ''}, response) => {
      const file = files.get(path);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('is loaded from its URL', async () => {
    const model = await strip(mlp());
    files.set('/model.tfsp', await encode(model));
    expect(outputsOf(await tf.loadLayersModel(sparseFile(`${url}/model.tfsp`)))).toEqual(outputsOf(model));
    files.set('/graph.tfsp', await encodeArtifacts(graph));
    expect((await tf.loadGraphModel(sparseFile(`${url}/graph.tfsp`))).outputNodes).toEqual(['sum']);
  });

  it('is loaded from the model.json that a handler wrote', async () => {
    const model = await strip(mlp());
    const handler = shelf();
    await model.save(sparseFile(handler));
    const {weightData, weightSpecs, ...rest} = handler.kept();
    files.set(
      '/model.json',
      JSON.stringify({...rest, weightsManifest: [{paths: ['w.bin'], weights: weightSpecs}]}),
    );
    files.set('/w.bin', new Uint8Array(weightData as ArrayBuffer));
    expect(outputsOf(await tf.loadLayersModel(sparseFile(`${url}/model.json`)))).toEqual(outputsOf(model));
  });

  it('that is missing is an error with its URL', async () => {
    await expect(sparseFile(`${url}/none`).load()).rejects.toThrow(
      `sparseFile: ${url}/none answers 404; check the URL`,
    );
  });

  it('cannot be saved', async () => {
    await expect(mlp().save(sparseFile(`${url}/model.tfsp`))).rejects.toThrow(
      `sparseFile: cannot save to ${url}/model.tfsp; upload the result of encode()`,
    );
  });
});

it('sparseFile() throws for a URL without a handler', async () => {
  await expect(sparseFile('attic://model').load()).rejects.toThrow(
    'sparseFile: no handler of tf.io can load attic://model; pass another URL or handler',
  );
  await expect(mlp().save(sparseFile('attic://model'))).rejects.toThrow('can save attic://model');
});

it('sparseFile() rejects invalid arguments', () => {
  expect(() => sparseFile(null as never)).toThrow(
    'sparseFile: expected a URL or a handler of tf.io, got null',
  );
  expect(() => sparseFile('indexeddb://a', {value: 'int8'} as never)).toThrow('unknown option "value"');
});

it('sparseFile is one function, in tfjs-pruning and in tfjs-pruning/storage', () => {
  expect(sameFile).toBe(sparseFile);
});

it('decode() of a graph throws, and names the function that loads it', async () => {
  await expect(decode(await encodeArtifacts(graph))).rejects.toThrow('tf.loadGraphModel(sparseFile(url))');
});
