import {mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';

/** New files of a folder, which appear in it when they are complete, or not at all. */
export interface Staging {
  /** Where they are until then: a folder inside of the target. */
  readonly folder: string;
  /** Writes one, which is to go by the name `as`; by none if that is null. */
  write(name: string, contents: string | Uint8Array, as?: string | null): Promise<void>;
  /** Moves them where they belong, in the order in which they were written. */
  commit(): void;
  /** Removes what was not committed, and the folders that were made for it. */
  discard(): void;
}

const SIGNALS = {SIGHUP: 1, SIGINT: 2, SIGTERM: 15};

/**
 * Begins to write files into a folder, which is made where it is missing. A signal that ends the process discards them.
 *
 * @param advice What to do if nothing can be written there.
 * @throws if nothing can be written there.
 */
export function stage(target: string, advice = 'choose another folder'): Staging {
  const moves: {from: string; to: string}[] = [];
  const made: string[] = [];
  let folder: string | undefined;
  const interrupt = (signal: keyof typeof SIGNALS) => {
    discard();
    process.exit(128 + SIGNALS[signal]);
  };
  const discard = () => {
    for (const signal of Object.keys(SIGNALS)) {
      process.off(signal, interrupt);
    }
    if (folder !== undefined) {
      rmSync(folder, {recursive: true, force: true});
    }
    made.reverse().forEach(removeIfEmpty);
  };
  const explain = (cause: unknown) =>
    new Error(`cannot write into ${target}: ${(cause as Error).message}; ${advice}`, {cause});
  try {
    makeFolders(resolve(target), made);
    folder = mkdtempSync(join(target, '.tfjs-pruning-'));
  } catch (cause) {
    discard();
    throw explain(cause);
  }
  for (const signal of Object.keys(SIGNALS)) {
    process.on(signal, interrupt);
  }
  const staged = folder;
  return {
    folder: staged,
    write: async (name, contents, as = name) => {
      const from = join(staged, name);
      const mode = as === null ? undefined : modeOf(join(target, as));
      // Flushed, as after a power failure a name may be there before its contents.
      await writeFile(from, contents, {flush: true, mode}).catch((cause) => Promise.reject(explain(cause)));
      if (as !== null) {
        moves.push({from, to: join(target, as)});
      }
    },
    commit: () => {
      // Synchronously, so that no signal comes between two of them.
      try {
        for (const [i, {from, to}] of moves.entries()) {
          renameSync(from, to);
          // Until all are moved, one that was may need what was not.
          folder = i + 1 < moves.length ? undefined : staged;
        }
      } catch (cause) {
        throw explain(cause);
      }
    },
    discard,
  };
}

/** The permissions of a file that is to be replaced. @throws if it is a folder. */
function modeOf(path: string): number | undefined {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (stats?.isDirectory()) {
    throw new Error(`cannot write ${path}: it is a folder; choose another one to write into`);
  }
  return stats?.mode;
}

/** One at a time: Node's own way to make all of them never ends below /proc. */
function makeFolders(path: string, made: string[]): void {
  if (statSync(path, {throwIfNoEntry: false}) !== undefined) {
    return;
  }
  makeFolders(dirname(path), made);
  mkdirSync(path);
  made.push(path);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It has files by now.
  }
}
