import {markdown, NONE, percent, whole} from './markdown';
import {spread} from './summary';

/** A line of bench/results/peers.jsonl, as `npm run bench:peers` writes it: masks compared, a training, or a time. */
export type PeerLine =
  | {
      readonly kind: 'masks';
      readonly name: string;
      readonly peer: string;
      readonly weights: number;
      readonly different: number;
      /** Why masks differ, where they do. */
      readonly differs?: string;
    }
  | {readonly kind: 'schedule'}
  | (Cell & {
      readonly kind: 'accuracy';
      readonly seed: number;
      readonly accuracy: number;
      readonly gzipBytes: number;
    })
  | (Cell & {readonly kind: 'time'; readonly stepRatio: number; readonly updateSeconds: number});

interface Cell {
  readonly network: string;
  readonly method: string;
  readonly sparsity: number;
  /** The library. */
  readonly peer: string;
}

type Of<Kind extends PeerLine['kind']> = Extract<PeerLine, {kind: Kind}>;

/** Other libraries beside this one: trainings and times, and masks for equal weights. */
export function peers(lines: readonly PeerLine[]): string {
  if (lines.length === 0) return 'Not run yet.';
  const kind = <Kind extends PeerLine['kind']>(name: Kind) =>
    lines.filter((line): line is Of<Kind> => line.kind === name);
  return [trainings(kind('accuracy'), kind('time')), masks(kind('masks'))]
    .filter((part) => part !== '')
    .join('\n\n');
}

function trainings(trained: readonly Of<'accuracy'>[], timed: readonly Of<'time'>[]): string {
  const cells = new Map([...trained, ...timed].map((line) => [keyOf(line), line]));
  if (cells.size === 0) return '';
  const rows = [...cells].map(([key, {network, method, sparsity, peer}]) => {
    const runs = lastBy(
      trained.filter((line) => keyOf(line) === key),
      ({seed}) => seed,
    );
    const time = timed.filter((line) => keyOf(line) === key).at(-1);
    return [
      `${network}, ${method}${sparsity > 0 ? `, ${Math.round(sparsity * 100)} %` : ''}`,
      peer,
      runs.length > 0 ? percent(spread(runs.map(({accuracy}) => accuracy)), runs.length) : NONE,
      String(runs.length),
      runs.length > 0 ? whole(spread(runs.map(({gzipBytes}) => gzipBytes)).mean) : NONE,
      time?.stepRatio.toFixed(2) ?? NONE,
      time?.updateSeconds.toFixed(4) ?? NONE,
    ];
  });
  const head = [
    '',
    'library',
    'test accuracy, %',
    'seeds',
    'its file, gzip, bytes',
    'masked / dense step',
    'update, s',
  ];
  return markdown([head, ...rows]);
}

function masks(compared: readonly Of<'masks'>[]): string {
  if (compared.length === 0) return '';
  const rows = lastBy(compared, ({name, peer}) => `${peer} ${name}`).map(
    ({name, peer, weights, different, differs}) => [
      name,
      peer,
      whole(weights),
      whole(different),
      differs ?? '',
    ],
  );
  return markdown([['masks for equal weights', 'library', 'weights', 'different', 'reason'], ...rows]);
}

const keyOf = ({network, method, sparsity, peer}: Cell) => [network, method, sparsity, peer].join('/');

/** The last row of each key. */
function lastBy<Row>(rows: readonly Row[], key: (row: Row) => string | number): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}
