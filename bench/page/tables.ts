import {SEEDS} from '../methods/grid';
import type {Line} from '../methods/line';
import type {MethodName} from '../methods/methods';
import {type TaskName, tasks} from '../methods/tasks';
import {markdown, NONE, percent, whole} from './markdown';
import type {Results, Runs} from './summary';

const test = ({accuracy}: Line) => accuracy.after.test;
const shown = (sparsity: number) => `${Math.round(sparsity * 100)} %`;
const withoutPrefix = (method: string) => method.replace('channels: ', '');

/** How each network was trained, and the accuracy of the dense one. */
export function settings(results: Results): string {
  const rows = (Object.keys(tasks) as TaskName[]).map((network) => {
    const {data, settings} = tasks[network];
    const dense = results.of(network, 'dense', 0);
    return [
      network,
      data,
      dense ? whole(dense.lines[0].size) : NONE,
      dense ? whole(dense.lines[0].macs.dense) : NONE,
      whole(settings.examples),
      `${settings.denseEpochs} + ${settings.epochs}`,
      dense ? percent(dense.of(test), SEEDS.length) : NONE,
    ];
  });
  return markdown([
    ['', 'data', 'weights', 'MACs', 'training examples', 'epochs, dense + pruned', 'dense, test accuracy, %'],
    ...rows,
  ]);
}

/** Test accuracies of a network by method and sparsity; empty without runs. */
export function accuracies(results: Results, network: TaskName, methods: readonly MethodName[]): string {
  const sparsities = results.sparsities(network, methods);
  const dense = results.of(network, 'dense', 0);
  if (sparsities.length === 0) return '';
  const rows = methods
    .map((method) => [
      withoutPrefix(method),
      ...sparsities.map((sparsity) => {
        const runs = results.of(network, method, sparsity);
        return runs ? percent(runs.of(test), SEEDS.length) : NONE;
      }),
    ])
    .filter(([, ...cells]) => cells.some((cell) => cell !== NONE));
  const denseRow = dense ? [['dense', ...sparsities.map(() => percent(dense.of(test), SEEDS.length))]] : [];
  return markdown([['', ...sparsities.map(shown)], ...denseRow, ...rows]);
}

/** The costs of a network after each method at one sparsity; empty without runs. */
export function costs(
  results: Results,
  network: TaskName,
  methods: readonly MethodName[],
  sparsity: number,
): string {
  const made = methods.flatMap((method) => results.of(network, method, sparsity) ?? []);
  if (made.length === 0) return '';
  const mean = (runs: Runs, figure: (line: Line) => number) => whole(runs.of(figure).mean);
  const row = (name: string, runs: Runs) => [
    name,
    mean(runs, ({kept}) => kept),
    mean(runs, ({bytes}) => bytes.lossless),
    mean(runs, ({bytes}) => bytes.rounded),
    percent(
      runs.of(({accuracy}) => accuracy.decoded.test),
      SEEDS.length,
    ),
    mean(runs, ({macs}) => macs.nonzero),
    mean(runs, ({macs}) => macs.compact),
  ];
  const dense = results.of(network, 'dense', 0);
  return markdown([
    [
      `at ${shown(sparsity)}`,
      'kept',
      'file, bytes',
      'rounded file, bytes',
      'its test accuracy, %',
      'MACs by nonzeros',
      'MACs after `compact`',
    ],
    ...(dense ? [row('dense', dense)] : []),
    ...made.map((runs) => row(withoutPrefix(runs.method), runs)),
  ]);
}
