import * as tf from '@tensorflow/tfjs';
import {channel, compact, decode, encode, prune, sparsify} from 'tfjs-pruning';
import {conversionReport, type ToLayersModelOptions, toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {type Backend, startBackend} from '../../demo/node/backend';
import {withoutControl} from './load';
import {differenceOf, type Feeds, feedsFor, outputsOf, runGraph} from './outputs';
import {outputsOfModule, outputsOfRuntime} from './withoutTfjs';

/** A difference relative to the largest number of an output, or the message of an error. */
export type Difference = number | string;

/** The measurements of a converted model. */
export interface Measured {
  readonly layers: number;
  readonly parameters: number;
  /** The ops that have no layers, in front of which the model ends. */
  readonly outside: string[];
  /** The backend that computes the differences from the graph model. */
  readonly on: Backend;
  /** From the graph model, for one example and for two. */
  readonly difference: number;
  readonly differenceOfTwo: number;
  /** Before and after a step of fit. */
  readonly losses: [before: number, after: number] | string;
  /** Parameters after pruning 30 % of the channels, relative to those before. */
  readonly remaining: number;
  /** The size of the file, relative to that of all weights as float32. */
  readonly file: number;
  /** From the pruned model, on WASM. */
  readonly compacted: Difference;
  readonly sparsified: Difference;
  readonly decoded: Difference;
  readonly loaded: Difference;
  /** From the pruned model, by the runtime and by a shipped module, without tfjs. */
  readonly ran: Difference;
  readonly shipped: Difference;
}

export async function measure(
  artifacts: tf.io.ModelArtifacts,
  options: ToLayersModelOptions = {},
  on: Backend = 'cpu',
): Promise<Measured> {
  await startBackend(on);
  const graph = await tf.loadGraphModel(tf.io.fromMemory(withoutControl(artifacts)));
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
  const losses = await orMessage(() => lossesOf(model, both));
  return {
    layers: model.layers.length,
    parameters: model.countParams(),
    outside: [
      ...new Set(outside.filter(({reason}) => !/^it (needs|is constant)/.test(reason)).map(({op}) => op)),
    ],
    ...{on, difference, differenceOfTwo, losses},
    ...(await pruned(model, feeds[0])),
  };
}

const joined = ([first, second]: Feeds[]): Feeds =>
  Object.fromEntries(Object.entries(first).map(([name, x]) => [name, tf.concat([x, second[name]])]));

/** tfjs adds the losses of outputs without reducing them, which fails where their shapes differ. */
const loss = (y: tf.Tensor, output: tf.Tensor): tf.Tensor => tf.mean(tf.squaredDifference(y, output));

/**
 * The loss before and after one step of fit, which shrinks the outputs; the largest step that lowers it. Adam's steps do not depend
 * on the scale of gradients.
 */
async function lossesOf(model: tf.LayersModel, feeds: Feeds): Promise<[number, number]> {
  const floats = model.outputs.filter(({dtype}) => dtype === 'float32');
  const trained = tf.model({inputs: model.inputs, outputs: floats});
  const x = Object.values(feeds);
  const y = outputsOf(trained, feeds).map(tf.zerosLike);
  const weights = model.getWeights().map((weight) => weight.clone());
  let losses: [number, number] = [0, 0];
  for (let rate = 1e-3; rate > 1e-8; rate /= 10) {
    trained.compile({optimizer: tf.train.adam(rate, 0.9, 0.999, 1e-20), loss: floats.map(() => loss)});
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
  const bytes = await encode(small);
  const distance = (make: () => Promise<tf.LayersModel>) =>
    orMessage(async () => {
      const other = await make();
      const difference = await differenceOf(expected, outputsOf(other, feeds));
      if (other !== small) other.dispose();
      return difference;
    });
  const result = {
    remaining: small.countParams() / original.countParams(),
    file: bytes.length / 4 / original.countParams(),
    compacted: await distance(async () => small),
    sparsified: await distance(() => sparsify(small)),
    decoded: await distance(async () => (await decode(bytes)) as tf.LayersModel),
    loaded: await distance(async () => tf.loadLayersModel(await saved(small))),
    ran: await orMessage(async () => differenceOf(expected, await outputsOfRuntime(bytes, feeds))),
    shipped: await orMessage(async () => differenceOf(expected, await outputsOfModule(small, feeds))),
  };
  for (const one of [model, small]) one.dispose();
  return result;
}

const orMessage = <Result>(run: () => Promise<Result>): Promise<Result | string> =>
  run().catch(({message}: Error) => message);

async function saved(model: tf.LayersModel): Promise<tf.io.IOHandler> {
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  return tf.io.fromMemory({...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology))});
}
