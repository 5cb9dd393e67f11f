import {channelwise, elementwise, grid, SEEDS} from '../methods/grid';
import type {Line} from '../methods/line';
import {type TaskName, tasks} from '../methods/tasks';
import type {Time} from '../methods/times';
import {type AccuracyLine, highSparsity} from './highSparsity';
import {markdown} from './markdown';
import {type PeerLine, peers} from './peers';
import {pictures} from './pictures';
import {Results} from './summary';
import {accuracies, costs, settings} from './tables';

/** The contents of bench/results. */
export interface Inputs {
  readonly methods: readonly Line[];
  readonly times: readonly Time[];
  readonly accuracy: readonly AccuracyLine[];
  readonly peers: readonly PeerLine[];
  /** Text written by hand: the meaning of the figures, and failures. */
  readonly notes: string;
}

const networks = Object.keys(tasks) as TaskName[];

/** The files of the results page, by their path in docs. */
export function resultsPage({
  methods,
  times,
  accuracy,
  peers: compared,
  notes,
}: Inputs): Record<string, string> {
  const results = new Results(methods);
  const drawn = pictures(results, times);
  const page = [
    '# Results',
    '<!-- Made by `npm run results` from bench/results; edit bench/results/notes.md and run it again. -->',
    'Which method keeps most accuracy? Every run of a network begins with the same dense network per seed, and prunes and trains ' +
      `it for the same number of epochs. Figures are means ± standard deviations over ${SEEDS.length} seeds, of the test set, ` +
      'which no decision used: settings are the same for all methods. A figure with a remark such as (1 of 3) is of so many ' +
      'seeds; – stands for runs that were not made. `random` is the floor: a method near it has not chosen well.',
    notes.trim(),
    '## Setting',
    '`npm run bench:methods` makes all runs, on WASM, and goes on where it stopped; each line of ' +
      '[bench/results/methods.jsonl](../bench/results/methods.jsonl) has its recipe in full. Adam, with a learning rate that is ' +
      'held for the first half of the steps and then falls along a cosine; sparsity rises along `polynomial()` in the first ' +
      'half. The images are MNIST and Fashion-MNIST, whose last 5,000 training images are kept for decisions.',
    progress(results),
    settings(results),
    methodList(),
    '## Single weights',
    ...networks.flatMap((network) => section(results, network, 'single')),
    '## Whole channels',
    ...networks.flatMap((network) => section(results, network, 'channels')),
    '## Pictures',
    'Bars are one standard deviation up and down. Points below 85 % are left out.',
    ...Object.keys(drawn).map((file) => `![${altOf(file)}](results/${file})`),
    ...timesSection(times),
    '## Beside other libraries',
    '`npm run bench:peers` trains the same networks from the same weights, on the same images in the same order, with this library ' +
      'and with tfmot (on tf_keras), torch.nn.utils.prune and Torch-Pruning.',
    peers(compared),
    '## High sparsity, beside published figures',
    'The factor is the number of weights per kept weight. Ours are of `npm run bench:accuracy`, which trains for longer; ' +
      'accuracies of papers are as printed there, from one network or the best of several. With a teacher, a larger ' +
      'network’s outputs replace the labels, which the papers do not use: compare rows of equal setting.',
    highSparsity(accuracy),
  ];
  return {
    'results.md': `${page.filter((part) => part !== '').join('\n\n')}\n`,
    ...Object.fromEntries(Object.entries(drawn).map(([file, svg]) => [`results/${file}`, svg])),
  };
}

/** How much of the plan was run. */
function progress(results: Results): string {
  const made = new Set(results.lines.map(({id}) => id));
  const count = (names: readonly TaskName[]) => {
    const cells = grid().filter(({network, isPlanned}) => isPlanned && names.includes(network));
    return `${cells.filter(({id}) => made.has(id)).length} of ${cells.length}`;
  };
  const parts = networks.map((network) => `${network} ${count([network])}`);
  return `Runs made of those planned: ${count(networks)} (${parts.join(', ')}).`;
}

function methodList(): string {
  return [
    'The methods:',
    [
      '- `random` and `magnitude` keep equal shares of each weight; `global`, `lamp` and `erdosRenyi` share out magnitudes otherwise.',
      '- `taylor`, `fisher` and `movement` score with gradients collected in training, shared out by `global()`.',
      '- `l1 + threshold` shrinks weights by `l1()` in the first half of the epochs, and then prunes in one step.',
      '- `distilled` is `fisher` with a teacher: a larger network for images, the dense network itself for sentences.',
      '- `quantized` is `fisher` with weights rounded to 16 values in the last epochs; its rounded file has 4 bits per weight.',
      '- `regrowth` trains a sparse network from scratch, for as many epochs as the dense network and a run take together.',
      "- Rounded files are `encode(model, {values: 'int8'})` elsewhere, and all files are of the model after `compact`.",
    ].join('\n'),
  ].join('\n\n');
}

function section(results: Results, network: TaskName, units: 'single' | 'channels'): string[] {
  const names = units === 'single' ? elementwise : channelwise;
  const table = accuracies(results, network, names);
  if (table === '') return [`### ${network}`, 'Not run yet.'];
  const sparsities = results.sparsities(network, names);
  const middle = sparsities[Math.floor(sparsities.length / 2)];
  return [`### ${network}`, 'Test accuracy, %, by sparsity:', table, costs(results, network, names, middle)];
}

function altOf(file: string): string {
  const [, axis] = /accuracy-(\w+)\.svg/.exec(file) as RegExpExecArray;
  return `Test accuracy against ${axis}, by method`;
}

function timesSection(times: readonly Time[]): string[] {
  if (times.length === 0) return ['## Times', 'Not measured yet.'];
  const ms = (value: number) => value.toFixed(3);
  const rows = [...new Map(times.map((time) => [time.id, time])).values()].map(({id, ms: of, faster}) => [
    id,
    ms(of.dense),
    ms(of.compact),
    ms(of.sparse),
    faster.compact.toFixed(2),
    faster.sparse.toFixed(2),
  ]);
  return [
    '## Times',
    'One prediction for one example on WASM, medians on an otherwise idle machine; the ratios are of interleaved runs. ' +
      '`npm run bench:methods -- --times` measures them.',
    markdown([
      [
        'network/method/sparsity/seed',
        'dense, ms',
        '`compact`, ms',
        '`sparsify`, ms',
        'dense / `compact`',
        'dense / `sparsify`',
      ],
      ...rows,
    ]),
  ];
}
