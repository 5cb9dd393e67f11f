import {existsSync, mkdirSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {compact, compactReport, decode, encode, report, type Values} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {accuracyOn} from '../accuracy/data';
import {applyMethod} from './apply';
import type {Cell} from './grid';
import type {Accuracy, Line} from './line';
import {type Method, methods} from './methods';
import {type Data, readData, type Settings, type Task, tasks, taught} from './tasks';
import {train} from './train';

/** Runs cells, with the data and dense networks of the latest ones at hand. */
export class Runner {
  #network = '';
  #data: Data | undefined;
  #dense = new Map<string, {bytes: Uint8Array; accuracy: Accuracy}>();
  #taught = new Map<string, tf.Tensor2D>();

  /**
   * @param out The folder of dense networks, teachers and pruned models.
   * @param quick Whether to train for two epochs on a few examples, to test the program itself.
   */
  constructor(
    readonly out: string,
    readonly backend: string,
    readonly quick: boolean,
  ) {}

  recipeOf({network, method}: Cell): Line['recipe'] {
    const {data} = tasks[network];
    const settings = this.#settings(tasks[network]);
    return {data, ...settings, ...(method === 'dense' ? {} : methods[method])};
  }

  async run(cell: Cell): Promise<Line> {
    const {network, method: name, sparsity, seed} = cell;
    const task = tasks[network];
    const settings = this.#settings(task);
    const data = this.#dataOf(cell);
    const started = performance.now();
    const dense = await this.#denseOf(cell, data);
    const method: Method | undefined = name === 'dense' ? undefined : methods[name];
    const model = method?.regrow ? this.#fresh(cell, data) : await masked(dense.bytes);
    if (method) {
      const {x, y} = data.training;
      const targets = method.teacher ? await this.#taughtFor(cell, data, model) : y;
      await applyMethod(model, {method, sparsity, seed, settings, x, y: targets});
    }
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const figures = await measured(model, data, method?.bits ? {bits: method.bits} : 'int8');
    const {small, accuracy, ...rest} = figures;
    model.dispose();
    await keep(join(this.out, 'models', `${cell.id.replaceAll('/', ' ')}.sparse`), small);
    return {
      ...{id: cell.id, network, method: name, sparsity, seed},
      recipe: this.recipeOf(cell),
      split: {
        training: data.training.x.shape[0],
        validation: data.validation.x.shape[0],
        test: data.test.x.shape[0],
      },
      accuracy: {before: dense.accuracy, ...accuracy},
      ...rest,
      backend: this.backend,
      seconds,
    };
  }

  #settings({settings}: Task): Settings {
    return this.quick ? {...settings, examples: 256, denseEpochs: 1, epochs: 2} : settings;
  }

  #dataOf({network}: Cell): Data {
    if (this.#network !== network || this.#data === undefined) {
      const {training, validation, test} = this.#data ?? {};
      tf.dispose([training, validation, test].flatMap((part) => (part ? [part.x, part.y] : [])));
      tf.dispose([...this.#taught.values()]);
      this.#taught.clear();
      this.#dense.clear();
      this.#network = network;
      this.#data = readData(tasks[network], this.quick ? 256 : undefined);
    }
    return this.#data;
  }

  #fresh({network, seed}: Cell, {training: {x, y}}: Data): tf.LayersModel {
    return tasks[network].build(x.shape.slice(1), y.shape[1], seed);
  }

  /** The dense network of a seed, trained on the first call and then kept in a file. */
  async #denseOf(cell: Cell, data: Data) {
    const {network, seed} = cell;
    const settings = this.#settings(tasks[network]);
    const {examples, denseEpochs, batch, rate} = settings;
    const name = [network, seed, examples, denseEpochs, batch, rate].join(' ');
    const known = this.#dense.get(name);
    if (known) return known;
    const path = join(this.out, `${name}.sparse`);
    if (!existsSync(path)) {
      const model = this.#fresh(cell, data);
      await train(model, data.training.x, data.training.y, {...settings, epochs: denseEpochs, seed});
      await keep(path, await encode(model));
      model.dispose();
    }
    const bytes = await readFile(path);
    const model = await decode(bytes);
    const dense = {bytes, accuracy: accuracies(model, data)};
    model.dispose();
    this.#dense.set(name, dense);
    return dense;
  }

  async #taughtFor({network, seed}: Cell, data: Data, dense: tf.LayersModel): Promise<tf.Tensor2D> {
    // The teacher of images does not depend on the seed.
    const key = `${network} ${tasks[network].data === 'sentences' ? seed : ''}`;
    const outputs =
      this.#taught.get(key) ??
      (await taught(tasks[network], data, dense, {out: dirname(this.out), quick: this.quick}));
    this.#taught.set(key, outputs);
    return outputs;
  }
}

/** The network of a file, with masks. */
async function masked(bytes: Uint8Array): Promise<tf.LayersModel> {
  const plain = await decode(bytes);
  const model = await prunable(plain);
  plain.dispose();
  return model;
}

/** Writes a file and its folders. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  mkdirSync(dirname(path), {recursive: true});
  await writeFile(path, bytes);
}

function accuracies(model: tf.LayersModel, {validation, test}: Data): Accuracy {
  return {validation: accuracyOn(model, validation), test: accuracyOn(model, test)};
}

/** The figures of a pruned network, without its pruned channels. */
async function measured(model: tf.LayersModel, data: Data, values: Values) {
  const {total} = report(model);
  const compacted = await compact(model);
  const {before, after} = compactReport(compacted);
  const [small, rounded] = [await encode(compacted), await encode(compacted, {values})];
  const decoded = await decode(rounded);
  const figures = {
    small,
    accuracy: {after: accuracies(compacted, data), decoded: accuracies(decoded, data)},
    size: total.size,
    kept: total.kept,
    bytes: {dense: before.bytes, lossless: small.length, rounded: rounded.length},
    values: typeof values === 'string' ? values : `${values.bits} bits`,
    macs: {dense: before.macs, nonzero: total.macs, compact: after.macs},
  };
  for (const one of [compacted, decoded]) one.dispose();
  return figures;
}
