import type {Spread} from './summary';

/** A cell without a run. */
export const NONE = '–';

/** A table, its first column to the left and the others to the right. */
export function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** A mean with its deviation, and the number of seeds unless there are all. */
export function percent({mean, deviation, count}: Spread, seeds: number): string {
  const value = mean.toFixed(2) + (count > 1 ? ` ± ${deviation.toFixed(2)}` : '');
  return count < seeds ? `${value} (${count} of ${seeds})` : value;
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
