import {existsSync, readFileSync} from 'node:fs';
import type {Cell} from './grid';
import type {Method} from './methods';
import type {Settings, Task} from './tasks';

/** Shares of examples whose class is right, in percent. */
export interface Accuracy {
  readonly validation: number;
  readonly test: number;
}

/** The result of a run, a line of bench/results/methods.jsonl. */
export interface Line extends Cell {
  /** Everything that a run depends on, besides its seed and the backend. */
  readonly recipe: Settings & Partial<Method> & {readonly data: Task['data']};
  readonly split: Readonly<Record<'training' | 'validation' | 'test', number>>;
  /** Of the dense network from which the run began, of the pruned one, and of its decoded file. */
  readonly accuracy: {readonly before: Accuracy; readonly after: Accuracy; readonly decoded: Accuracy};
  /** Elements of the masked weights, and the kept ones. */
  readonly size: number;
  readonly kept: number;
  /** Of the dense weights as float32, of the lossless file, and of the rounded file, whose accuracy is `decoded`. */
  readonly bytes: {readonly dense: number; readonly lossless: number; readonly rounded: number};
  /** The precision of the rounded file. */
  readonly values: string;
  /** Multiplications per example: of the dense network, by nonzero weights, and after `compact`, zeros included. */
  readonly macs: {readonly dense: number; readonly nonzero: number; readonly compact: number};
  readonly backend: string;
  /** The time of pruning and training on the machine of the run, which may have been busy. */
  readonly seconds: number;
}

/** The lines of a file of JSON lines; none if it does not exist. */
export function readLines<Row = Line>(path: string): Row[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
