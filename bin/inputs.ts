import {statSync} from 'node:fs';
import {UsageError} from './options';

/** @throws if an output is one of the input files, under any name. */
export function assertNoneOf(
  read: readonly string[],
  written: readonly string[],
  advice = 'choose another file with -o',
): void {
  const identityOf = (path: string) => {
    const stats = statSync(path, {throwIfNoEntry: false, bigint: true});
    return stats && `${stats.dev} ${stats.ino}`;
  };
  const known = new Set(read.map(identityOf));
  const own = written.find((path) => known.has(identityOf(path) ?? ''));
  if (own !== undefined) {
    throw new UsageError(`${own} is a file of the input model; ${advice}, or add --force to overwrite it`);
  }
}
