// The tables of docs/criteria.md, made from the doc-comments of what they list.
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

/** What is said of each family, and what its table tells besides name and file. */
const tables: Record<Family, {says: string; columns: readonly Column[]}> = {
  importance: {
    says: 'What a weight is worth. A high score means keep; units are judged by the mean over their elements.',
    columns: [
      formula,
      dataBesides('the weight alone'),
      costBeside('one pass over the weight'),
      {title: 'goes first', cell: ({goesFirst}) => goesFirst},
      paper,
    ],
  },
  pattern: {
    says: 'What is pruned together, one unit.',
    columns: [
      formula,
      dataBesides('the shape of the weight'),
      costBeside('one pass over the scores'),
      {title: 'goes first', cell: ({goesFirst}) => goesFirst || 'the unit with the lowest score'},
      paper,
    ],
  },
  allocation: {
    says: 'How many units each weight keeps, of a target for all.',
    columns: [formula, dataBesides('the scores of the units'), costBeside('nothing'), paper],
  },
  penalty: {
    says: 'What is added to the loss, times a strength, summed over the masked weights or over what their layers put out.',
    columns: [
      formula,
      dataBesides('the weight alone'),
      costBeside('one pass over the weight in each batch, and back'),
      paper,
    ],
  },
  schedule: {
    says: 'How much is pruned at progress p from 0 to 1.',
    columns: [formula, paper],
  },
};

/** The tables, a section for each family. */
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

/** A bar would end the cell. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
