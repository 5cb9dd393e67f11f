import type {Recipe} from '../accuracy/recipes';
import {markdown, NONE, percent} from './markdown';
import {published} from './published';
import {spread} from './summary';

/** A line of bench/results/accuracy.jsonl: of the training of a recipe, or of its test. */
export type AccuracyLine = {readonly name: string; readonly seed: number} & (
  | (Recipe & {readonly kept: number; readonly split: {readonly training: number}})
  | {readonly test: {readonly accuracy: number; readonly files: Files}}
);

type Files = Readonly<Record<string, {readonly bytes: number; readonly accuracy: number}>>;

/** The sections: networks with their images, numbers of weights, and names that published figures have. */
const sections: readonly Section[] = [
  {name: 'lenet-300-100', net: 'mlp', images: 'mnist', weights: 266_200},
  {name: 'lenet-5-caffe', net: 'caffe', images: 'mnist', weights: 430_500},
  {name: 'lenet-5-caffe on Fashion-MNIST', net: 'caffe', images: 'fashion', weights: 430_500},
  {name: 'lenet-5 on Fashion-MNIST', net: 'lenet5', images: 'fashion', weights: 61_470},
];

interface Section extends Pick<Recipe, 'net' | 'images'> {
  readonly name: string;
  readonly weights: number;
}

const HEAD = ['', 'factor', 'test accuracy, %', 'file, bytes', 'setting', 'source'];

/** The published figures and those of `npm run bench:accuracy`, by network. */
export function highSparsity(lines: readonly AccuracyLine[]): string {
  return sections
    .map((section) => {
      const {name} = section;
      const others = published
        .filter(({network}) => network === name)
        .map(({method, factor, accuracy, setting, source}) => [
          method,
          String(factor),
          accuracy?.toFixed(2) ?? NONE,
          NONE,
          setting,
          source,
        ]);
      return [`### ${name}`, '', markdown([HEAD, ...others, ...own(lines, section)])].join('\n');
    })
    .join('\n\n');
}

/** The rows of our recipes with the network and the images of a section. */
function own(lines: readonly AccuracyLine[], {net, images, weights}: Section): string[][] {
  const trained = lines.flatMap((line) =>
    'kept' in line && line.net === net && line.images === images ? [line] : [],
  );
  const names = [...new Set(trained.map(({name}) => name))];
  return names.map((name) => {
    const runs = last(trained.filter((line) => line.name === name));
    const tests = last(lines.flatMap((line) => ('test' in line && line.name === name ? [line] : [])));
    const [run] = runs;
    const factors = spread(runs.map(({kept}) => weights / kept));
    const accuracy = tests.map(({test}) => test.accuracy);
    const files = tests.map(({test: {files}}) => files.int8.bytes);
    return [
      `\`${name}\``,
      factors.mean.toFixed(0),
      tests.length > 0 ? percent(spread(accuracy), runs.length) : 'not tested yet',
      tests.length > 0 ? spread(files).mean.toFixed(0) : NONE,
      settingOf(run),
      `${runs.length} ${runs.length === 1 ? 'seed' : 'seeds'}`,
    ];
  });
}

function settingOf({teacher, from, shifted, stages, split}: Recipe & {split: {training: number}}): string {
  const epochs = stages.reduce((sum, stage) => sum + stage.epochs, 0);
  const bits = stages.find((stage) => stage.bits !== undefined)?.bits;
  return [
    teacher ? 'with a teacher' : 'no teacher',
    `${epochs} epochs of ${split.training.toLocaleString('en')} images`,
    ...(shifted ? ['images also shifted by a pixel'] : []),
    ...(from === undefined ? [] : [`continues with \`${from}\``]),
    ...(stages.some((stage) => stage.gates) ? ['masks learned by `gates`'] : []),
    ...(bits === undefined ? [] : [`${bits} bits per weight`]),
  ].join(', ');
}

/** The last line of each seed. */
function last<Row extends {readonly seed: number}>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.seed, row])).values()].sort((a, b) => a.seed - b.seed);
}
