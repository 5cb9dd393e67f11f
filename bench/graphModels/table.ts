import {join} from 'node:path';
import type {Measured} from './measure';

/** The results of `npm run bench:graph`, relative to the folder of the package. */
export const resultsFile = join('bench', 'graphModels', 'results.json');

interface Named {
  readonly name: string;
  /** The package with its version. */
  readonly from: string;
  /** The type of the weights in the file. */
  readonly values: string;
}

export type Result = Named & (Measured | {readonly failure: string});
