import {Help} from 'commander';

/** The width of the terminals for which the output is made. */
const WIDTH = 80;

/** A text in lines of the width, with the same indent. */
export function wrapped(text: string, indent = 0): string {
  return new Help().boxWrap(text, WIDTH - indent).replace(/^/gm, ' '.repeat(indent));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

export const count = (value: number): string => value.toLocaleString('en');

/** A duration in milliseconds as minutes and seconds, with hours if there are some. */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** A title and its rows of a label and three cells. */
export interface Group {
  readonly title: string;
  readonly rows: readonly (readonly [label: string, before: string, after: string, note: string])[];
}

/** Formats groups of rows, whose columns are aligned with each other. */
export function grouped(groups: readonly Group[]): string {
  const rows = groups.flatMap((group) => group.rows);
  const width = (column: number) => Math.max(6, ...rows.map((row) => row[column].length));
  const [label, before, after] = [0, 1, 2].map(width);
  const line = (...[first, ...cells]: Group['rows'][number]) =>
    `${first.padEnd(label + 2)}  ${cells[0].padStart(before)}  ${cells[1].padStart(after)}  ${cells[2]}`.trimEnd();
  return groups
    .map(({title, rows: [...own]}, i) =>
      [
        i === 0 ? line(title, 'before', 'after', '') : title,
        ...own.map(([name, ...cells]) => line(`  ${name}`, ...cells)),
      ].join('\n'),
    )
    .join('\n\n');
}
