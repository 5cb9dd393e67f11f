import {mkdtempSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as library from 'tfjs-pruning';
import * as callbacks from 'tfjs-pruning/callbacks';
import * as graph from 'tfjs-pruning/graph';
import * as layers from 'tfjs-pruning/layers';
import * as matrix from 'tfjs-pruning/matrix';
import * as metrics from 'tfjs-pruning/metrics';
import * as runtime from 'tfjs-pruning/runtime';
import * as statistics from 'tfjs-pruning/statistics';
import * as storage from 'tfjs-pruning/storage';
import * as wasm from 'tfjs-pruning/wasm';
import ts from 'typescript';
import './support/cpu';
import {catalog, families} from '../scripts/catalog';
import {run} from './support/examples';
import {graphArtifacts, loadGraph} from './support/graphModel';
import {canThrow, checker, entries, exportsOf, functionsOf, type PublicFunction} from './support/publicNames';

const functions = Object.keys(entries).flatMap(functionsOf);

/** Parts of recipes that are called without arguments; docs/criteria.md has their calls. */
const parts = families
  .flatMap((family) => catalog(family))
  .filter(({bare}) => bare)
  .map(({name}) => name);

const namesWithout = (tag: string, of: readonly PublicFunction[] = functions) =>
  of.filter(({tags}) => !tags.some(({name, text}) => name === tag && text !== '')).map(({name}) => name);

describe('the doc-comment of each public function', () => {
  it('has what it returns', () => {
    expect(functions.length).toBeGreaterThan(120);
    expect(namesWithout('returns')).toEqual([]);
  });

  it('has its errors, if it throws', () => {
    const throwing = functions.filter(({declarations}) => declarations.some(canThrow));
    expect(throwing.length).toBeGreaterThan(90);
    expect(namesWithout('throws', throwing)).toEqual([]);
  });

  it('has an example, apart from parts of recipes without arguments', () => {
    expect(namesWithout('example').filter((name) => !parts.includes(name))).toEqual([]);
  });
});

it('the doc-comment of each public interface and class has one for each of its members', () => {
  const bare = Object.keys(entries)
    .flatMap(exportsOf)
    .flatMap(({name, symbol}) => membersOf(symbol).map((member) => ({name, member})));
  expect(bare.length).toBeGreaterThan(350);
  const lacking = bare.filter(
    ({member}) => ts.displayPartsToString(member.getDocumentationComment(checker)) === '',
  );
  expect(lacking.map(({name, member}) => `${name}.${member.name}`)).toEqual([]);
});

/** The members that an interface or class declares itself, without overrides and private ones. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  return (symbol.declarations ?? [])
    .filter((node) => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node))
    .flatMap((node): ts.NodeArray<ts.ClassElement | ts.TypeElement> => node.members)
    .filter(({name}) => name !== undefined && !ts.isPrivateIdentifier(name))
    .filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Override))
    .flatMap(({name}) => checker.getSymbolAtLocation(name as ts.PropertyName) ?? []);
}

class Swish extends tf.layers.Layer {
  static className = 'DocumentedSwish';
  override call([x]: tf.Tensor[]) {
    return tf.mul(x, tf.sigmoid(x));
  }
}

class GatedDense extends tf.layers.Layer {
  static className = 'DocumentedGatedDense';
}

class Scale extends tf.layers.Layer {
  static className = 'Scale';
  constructor(readonly factor: number) {
    super({});
  }
  override call([x]: tf.Tensor[]) {
    return tf.mul(x, this.factor);
  }
}

/** A classifier of four features with batch norm, compiled; with masks unless `isPlain`. */
async function classifier(isPlain = false): Promise<tf.LayersModel> {
  const plain = tf.sequential({
    layers: [
      tf.layers.dense({units: 20, inputShape: [4], activation: 'relu', name: 'dense1'}),
      tf.layers.batchNormalization(),
      tf.layers.dense({units: 3, activation: 'softmax', name: 'dense2'}),
    ],
  });
  const model = isPlain ? plain : await layers.prunable(plain);
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}

/** The names that examples use: a model with masks, data and others that their text announces. */
async function given(): Promise<Record<string, unknown>> {
  const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
  const y = tf.oneHot(tf.argMax(x.slice([0, 0], [64, 3]), 1), 3).toFloat();
  const [model, teacher] = [await classifier(), await classifier(true)];
  let artifacts: tf.io.ModelArtifacts | undefined;
  await teacher.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved)};
    }),
  );
  const product = await graphArtifacts([-1, 2], [['y', 'MatMul', ['x', 'w'], {T: {type: 'DT_FLOAT'}}]], {
    w: tf.tensor2d([
      [1, 0],
      [0, 2],
    ]),
  });
  const scalars: unknown[] = [];
  return {
    ...{...library, ...callbacks, ...graph, ...layers, ...matrix, ...metrics, ...runtime},
    ...{
      ...statistics,
      ...storage,
      ...wasm,
      tf,
      writeFile,
      model,
      x,
      y,
      teacher,
      artifacts,
      Swish,
      GatedDense,
    },
    ...{
      Scale,
      dense: teacher,
      custom: tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [4]}), new Scale(2)]}),
    },
    target: await classifier(),
    clients: [await classifier(), await classifier()],
    bytes: await library.encode(model),
    pixels: new Float32Array(4),
    graphModel: await loadGraph(product),
    importance: library.magnitude(),
    features: x,
    targets: tf.sum(x, 1),
    writer: {scalar: (...args: unknown[]) => scalars.push(args), flush: () => {}},
  };
}

describe('the example of', () => {
  const home = process.cwd();
  beforeAll(() => process.chdir(mkdtempSync(join(tmpdir(), 'examples-'))));
  afterAll(() => process.chdir(home));
  const examples = functions.flatMap(({name, tags}) =>
    tags.filter((tag) => tag.name === 'example').map(({text}) => [name, text] as const),
  );

  it.each(examples)('%s runs: %s', async (_, code) => {
    require('@tensorflow/tfjs-backend-wasm');
    const log = jest.spyOn(console, 'log').mockImplementation();
    await run(code, await given());
    log.mockRestore();
    await tf.setBackend('cpu');
  });
});
