import type {LayersModel} from '@tensorflow/tfjs-layers';
import {areExamples, type Tensors} from '../model/batches';
import {type Network, readPrunable} from '../model/network';
import {queued} from '../model/queue';
import {restoreSnapshot, takeSnapshot} from '../model/snapshot';
import type {Weight} from '../model/weight';
import {decide, pruneNetwork} from '../prune';
import {type Recipe, withData} from '../recipe';
import {describe} from '../util/describe';
import {table} from '../util/table';
import {choose} from '../where';
import {chooseMetric} from './metric/chooseMetric';
import type {Mode} from './metric/mode';
import {parseSensitivity, type SensitivityOptions} from './sensitivityOptions';

/** The figures of a model with one weight pruned at a time, without training. */
export interface Sensitivity {
  /** The metric's name, and whether large or small values are better. */
  readonly metric: string;
  /** `'max'` if large values are better, else `'min'`. */
  readonly mode: Mode;
  /** The figure of the model unchanged. */
  readonly baseline: number;
  /** The tried sparsities, in the order of the figures. */
  readonly sparsities: readonly number[];
  /** A row per weight, in the order of the model. */
  readonly weights: readonly WeightSensitivity[];
  /** The figures as a table. */
  toString(): string;
}

/** The figures of a model in which one weight is pruned. */
export interface WeightSensitivity {
  /** The name of the weight, as `dense1/kernel`. */
  readonly name: string;
  /** The name of its layer. */
  readonly layer: string;
  /** The number of its elements. */
  readonly size: number;
  /** The figure of the model with this weight pruned to each sparsity. */
  readonly figures: readonly number[];
}

/**
 * Prunes each weight alone to each sparsity, and evaluates the model on some data. Weights with tied channels are pruned
 * together, and have the same figures. The model is unchanged afterwards. It takes weights × sparsities passes over the data,
 * where a tied group counts as one weight.
 *
 * @param x Validation examples, a list for several inputs; a test set should not decide.
 * @param y Targets, a list for several outputs; one-hot or class numbers for metrics of the library.
 * @returns the figure of the model unchanged, and with each weight pruned to each sparsity; as text, a table.
 * @throws on bad options or a sparsity outside [0, 1), if there is nothing to prune, if the model does not have the metric, or
 *   if the name of the metric does not imply its mode.
 * @see Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, 2017.
 * @example
 * const found = await sensitivity(model, x, y, {sparsities: [0.5, 0.9]});
 * console.log(found.toString());
 */
export async function sensitivity(
  model: LayersModel,
  x: Tensors,
  y: Tensors,
  options: SensitivityOptions = {},
): Promise<Sensitivity> {
  const {sparsities, recipe: given, metric: named, mode, onProgress} = parseSensitivity(options);
  if (!areExamples([x, y])) {
    throw new Error(
      `sensitivity: data must be [x, y], two tensors, got x ${describe(x)} and y ${describe(y)}`,
    );
  }
  const network = readPrunable('sensitivity', model);
  const recipe = await withData(network, given);
  const chosen = choose(network, recipe.where, recipe.pattern);
  const metric = chooseMetric('sensitivity', model, named, mode);
  const evaluate = () => metric.evaluate([x, y]);

  const baseline = await evaluate();
  const before = await takeSnapshot(model);
  const groups = await tiedGroups(network, chosen, recipe);
  const figuresOf = new Map<string, number[]>();
  let done = 0;
  try {
    for (const names of groups) {
      const figures: number[] = [];
      for (const sparsity of sparsities) {
        const alone = {...recipe, where: ({name}: Weight) => names.includes(name)};
        await queued(model, () => pruneNetwork(network, sparsity, alone));
        figures.push(await evaluate());
        restoreSnapshot(model, before);
        onProgress?.(++done, groups.length * sparsities.length);
      }
      for (const name of names) figuresOf.set(name, figures);
    }
  } finally {
    restoreSnapshot(model, before);
  }
  const rows = chosen.map(
    ({name, layer, value: {size}}): WeightSensitivity => ({
      ...{name, layer, size},
      figures: figuresOf.get(name) as number[],
    }),
  );
  const result = {metric: metric.name, mode: metric.mode, baseline, sparsities, weights: rows};
  return {...result, toString: () => tableOf(result)};
}

/** The names of the weights that a recipe prunes together. */
async function tiedGroups(network: Network, chosen: readonly Weight[], recipe: Recipe): Promise<string[][]> {
  let groups: string[][] = [];
  const names = chosen.map(({name}) => name);
  await decide(network, 0, {
    ...recipe,
    where: ({name}) => names.includes(name),
    allocation: (found) => {
      groups = found.map(({members}) => members.map(({weight}) => weight.name));
      return found.map(({scores}) => scores.length);
    },
  });
  // A weight without the statistics that the importance needs is tried too, so that the error names it.
  const alone = names.filter((name) => !groups.flat().includes(name));
  return [...groups, ...alone.map((name) => [name])];
}

/** Sparsities as columns, weights as rows; figures from 0 to 1 that are better large in percent. */
function tableOf({metric, mode, baseline, sparsities, weights}: Omit<Sensitivity, 'toString'>): string {
  const figures = [baseline, ...weights.flatMap((weight) => weight.figures)];
  const isShare = mode === 'max' && figures.every((figure) => figure >= 0 && figure <= 1);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const text = isShare ? percent : (value: number) => value.toPrecision(4);
  return table([
    [`${metric} ${text(baseline)}`, ...sparsities.map(percent)],
    ...weights.map((weight) => [weight.name, ...weight.figures.map(text)]),
  ]);
}
