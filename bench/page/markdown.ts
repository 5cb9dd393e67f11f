import type {Spread} from './summary';

/** A cell without a run. */
export const NONE = '–';

/** A table. Columns of figures are set to the right, the others to the left. */
export function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const isFigures = (column: number) => rows.every((cells) => /^([−\d]|$|–$)/.test(cells[column]));
  const aligned = head.map((_, column) => (column > 0 && isFigures(column) ? '--:' : '---'));
  return [line(head), line(aligned), ...rows.map(line)].join('\n');
}

/** A mean with its deviation, and the number of seeds unless there are all. */
export function percent({mean, deviation, count}: Spread, seeds: number): string {
  const value = mean.toFixed(2) + (count > 1 ? ` ± ${deviation.toFixed(2)}` : '');
  return count < seeds ? `${value} (${count} of ${seeds})` : value;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
