import * as tf from '@tensorflow/tfjs';
import {channel, compact, decode, encode, prune, sparsify} from 'tfjs-pruning';
import {conversionReport, type ToLayersModelOptions, toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {startBackend} from '../../demo/node/backend';
import {differenceOf, type Feeds, feedsFor, outputsOf, runGraph} from './outputs';

/** The measurements of a converted model; differences are relative to the largest number of an output. */
export interface Measured {
  readonly layers: number;
  readonly parameters: number;
  /** The ops that have no layers, in front of which the model ends. */
  readonly outside: string[];
  /** From the graph model, for one example and for two, on the cpu backend. */
  readonly difference: number;
  readonly differenceOfTwo: number;
  /** Before and after a step of fit. */
  readonly losses: [before: number, after: number];
  /** Parameters after pruning 30 % of the channels, relative to those before. */
  readonly remaining: number;
  /** The size of the file, relative to that of all weights as float32. */
  readonly file: number;
  /** From the pruned model. */
  readonly compacted: number;
  readonly sparsified: number;
  readonly decoded: number;
  readonly loaded: number;
}

export async function measure(
  artifacts: tf.io.ModelArtifacts,
  options: ToLayersModelOptions = {},
): Promise<Measured> {
  await startBackend('cpu');
  const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  const model = await toLayersModel(artifacts, options);
  const {outside, outputs} = conversionReport(model);
  const feeds = [1, 2].map((seed) => feedsFor(graph, model, options, seed));
  const each: tf.Tensor[][] = [];
  for (const one of feeds) each.push(await runGraph(graph, one, outputs));
  const [both, stacked] = [joined(feeds), each[0].map((_, i) => tf.stack(each.map((one) => one[i])))];
  const [one, two] = [outputsOf(model, feeds[0]), outputsOf(model, both)];
  const difference = await differenceOf(each[0], one);
  const differenceOfTwo = await differenceOf(stacked, two);
  graph.dispose();
  await startBackend('wasm');
  const losses = await lossesOf(model, both);
  return {
    layers: model.layers.length,
    parameters: model.countParams(),
    outside: [
      ...new Set(outside.filter(({reason}) => !/^it (needs|is constant)/.test(reason)).map(({op}) => op)),
    ],
    ...{difference, differenceOfTwo, losses},
    ...(await pruned(model, feeds[0])),
  };
}

const joined = ([first, second]: Feeds[]): Feeds =>
  Object.fromEntries(Object.entries(first).map(([name, x]) => [name, tf.concat([x, second[name]])]));

/** tfjs adds the losses of outputs without reducing them, which fails where their shapes differ. */
const loss = (y: tf.Tensor, output: tf.Tensor): tf.Tensor => tf.mean(tf.squaredDifference(y, output));

/** The loss before and after one step of fit, which shrinks the outputs; the largest step that lowers it. */
async function lossesOf(model: tf.LayersModel, feeds: Feeds): Promise<[number, number]> {
  const floats = model.outputs.filter(({dtype}) => dtype === 'float32');
  const trained = tf.model({inputs: model.inputs, outputs: floats});
  const x = Object.values(feeds);
  const y = outputsOf(trained, feeds).map(tf.zerosLike);
  const weights = model.getWeights().map((weight) => weight.clone());
  let losses: [number, number] = [0, 0];
  for (let rate = 1e-4; rate > 1e-14; rate /= 100) {
    trained.compile({optimizer: tf.train.sgd(rate), loss: floats.map(() => loss)});
    const [before] = (await trained.fit(x, y, {epochs: 1, batchSize: 2, verbose: 0})).history
      .loss as number[];
    const [first] = [trained.evaluate(x, y, {batchSize: 2})].flat();
    const [after] = await first.data();
    losses = [before, after];
    model.setWeights(weights);
    if (after < before) break;
  }
  tf.dispose([weights, y]);
  return losses;
}

async function pruned(original: tf.LayersModel, feeds: Feeds) {
  const model = await prunable(original);
  await prune(model, 0.8);
  await prune(model, 0.3, {pattern: channel()});
  const expected = outputsOf(model, feeds);
  const small = await compact(model);
  const sparse = await sparsify(small);
  const bytes = await encode(small);
  const decoded = (await decode(bytes)) as tf.LayersModel;
  const loaded = await tf.loadLayersModel(await saved(small));
  const distance = async (other: tf.LayersModel) => differenceOf(expected, outputsOf(other, feeds));
  const result = {
    remaining: small.countParams() / original.countParams(),
    file: bytes.length / 4 / original.countParams(),
    compacted: await distance(small),
    sparsified: await distance(sparse),
    decoded: await distance(decoded),
    loaded: await distance(loaded),
  };
  for (const one of [model, small, sparse, decoded, loaded]) one.dispose();
  return result;
}

async function saved(model: tf.LayersModel): Promise<tf.io.IOHandler> {
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  return tf.io.fromMemory(artifacts);
}
