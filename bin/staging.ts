import {mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';

/** New files of a folder, which appear in it complete or not at all. */
export interface Staging {
  /** Their temporary location: a folder inside the target. */
  readonly folder: string;
  /** Writes a file, to be renamed to `as` on commit; null for a temporary file. */
  write(name: string, contents: string | Uint8Array, as?: string | null): Promise<void>;
  /** Moves the files into the target, in the order in which they were written. */
  commit(): void;
  /** Removes uncommitted files, and the folders made for them. */
  discard(): void;
}

const SIGNALS = {SIGHUP: 1, SIGINT: 2, SIGTERM: 15};

/**
 * Starts writing files into a folder, which is created if missing. A signal that ends the process discards them.
 *
 * @param advice The last part of the error message, the remedy.
 * @throws if the folder is not writable.
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
      // Flushed: after a power failure a file name may otherwise exist without its contents.
      await writeFile(from, contents, {flush: true, mode}).catch((cause) => Promise.reject(explain(cause)));
      if (as !== null) {
        moves.push({from, to: join(target, as)});
      }
    },
    commit: () => {
      // Synchronously, so that no signal interrupts it.
      try {
        for (const [i, {from, to}] of moves.entries()) {
          renameSync(from, to);
          // Until the last move, a moved file may refer to temporary ones.
          folder = i + 1 < moves.length ? undefined : staged;
        }
      } catch (cause) {
        throw explain(cause);
      }
    },
    discard,
  };
}

/** The permissions of the file to replace. @throws if it is a folder. */
function modeOf(path: string): number | undefined {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (stats?.isDirectory()) {
    throw new Error(`cannot write ${path}: it is a folder; choose another one to write into`);
  }
  return stats?.mode;
}

/** One at a time: mkdirSync with `recursive` does not return for paths below /proc. */
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
    // Not empty.
  }
}
