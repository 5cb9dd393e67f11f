import {join} from 'node:path';
import {markdown, whole} from '../page/markdown';
import type {Recovery} from './recovery';
import {withSection} from './section';

/** The results of `bench/graphRecovery.ts`, relative to the folder of the package. */
export const recoveryFile = join('bench', 'graphModels', 'recovery.json');

const columns = [
  'model',
  'pruned',
  'photos',
  'steps',
  'distance before',
  'after',
  'same class before',
  'after',
  'parameters',
  'file',
];

/** A page with the table of recovered models renewed. */
export const withRecovery = (page: string, results: readonly Recovery[]): string =>
  withSection(page, 'recovery', markdown([columns, ...results.map(cells)]));

function cells({name, pattern, sparsity, photos, epochs, batchSize, before, after, ...result}: Recovery) {
  return [
    ...[name, `${percent(sparsity)} of ${pattern}`, whole(photos), whole((epochs * photos) / batchSize)],
    ...[before, after].map(({distance}) => distance.toFixed(2)),
    ...[before, after].map(({agreement}) => percent(agreement)),
    ...[percent(result.remaining), percent(result.file)],
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
