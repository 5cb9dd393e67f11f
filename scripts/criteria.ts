// The tables of docs/criteria.md, generated from doc-comments.
import {catalog, type Entry, type Family, families} from './catalog';

interface Column {
  readonly title: string;
  readonly cell: (entry: Entry) => string;
}

const NONE = '–';

const formula: Column = {title: 'formula', cell: (entry) => entry.formula};
const paper: Column = {title: 'paper', cell: ({see}) => see || NONE};
const dataBesides = (by: string): Column => ({
  title: 'data needed',
  cell: ({data}) => (data === '' || data === 'none' ? by : data),
});
const costBeside = (by: string): Column => ({title: 'cost', cell: ({cost}) => cost || by});

/** The introduction of each family, and the columns of its table besides name and file. */
const tables: Record<Family, {says: string; columns: readonly Column[]}> = {
  importance: {
    says: 'Scores the elements of a weight. A high score means keep; the score of a unit is the mean over its elements.',
    columns: [
      formula,
      dataBesides('the weight alone'),
      costBeside('one pass over the weight'),
      {title: 'pruned first', cell: ({prunedFirst}) => prunedFirst},
      paper,
    ],
  },
  pattern: {
    says: 'Groups the elements of a weight into units, which are pruned together.',
    columns: [
      formula,
      dataBesides('the shape of the weight'),
      costBeside('one pass over the scores'),
      {title: 'pruned first', cell: ({prunedFirst}) => prunedFirst || 'the unit with the lowest score'},
      paper,
    ],
  },
  allocation: {
    says: 'Divides the target among the weights: the number of units that each one keeps.',
    columns: [formula, dataBesides('the scores of the units'), costBeside('negligible'), paper],
  },
  penalty: {
    says: 'A term of the loss, multiplied by a strength and summed over the masked weights or over the outputs of their layers.',
    columns: [
      formula,
      dataBesides('the weight alone'),
      costBeside('one forward and backward pass over the weight per batch'),
      paper,
    ],
  },
  schedule: {
    says: 'The target at progress p, from 0 to 1.',
    columns: [formula, paper],
  },
};

/** The page: one section with a table for each family. */
export function criteria(sources?: string): string {
  return families.map((family) => section(family, catalog(family, sources))).join('\n');
}

function section(family: Family, entries: readonly Entry[]): string {
  const {says, columns} = tables[family];
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [
    `## ${family[0].toUpperCase()}${family.slice(1)}\n`,
    `${says}\n`,
    row(['', ...columns.map(({title}) => title), 'file']),
    row(Array(columns.length + 2).fill('---')),
    ...entries.map((entry) => {
      const name = entry.file.split('/').at(-1) ?? '';
      return row([
        `\`${entry.name}\``,
        ...columns.map(({cell}) => cell(entry)),
        `[${name}](../${entry.file})`,
      ]);
    }),
    '',
  ].join('\n');
}

/** Escapes bars, which would end the cell. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
