import {statSync} from 'node:fs';
import {join} from 'node:path';
import {encodeArtifacts, pruneArtifacts, reportArtifacts} from 'tfjs-pruning';
import {assertLoads} from './loads';
import {readModel} from './modelFiles';
import {type Options, UsageError} from './options';
import {PLAIN, writePlain} from './plain';
import {stage} from './staging';

const ADVICE = 'choose another folder by -o';

/** Prunes a saved model and writes the files, all of them or none; returns the text to print. */
export async function pruneFiles(options: Options): Promise<string> {
  const {path, sparsity, values, out, plain, json} = options;
  const files = ['model.tfsp', ...(plain ? PLAIN : [])].map((name) => join(out, name));
  // So that a folder that cannot be written to is an error now, not after minutes.
  stage(out, ADVICE).discard();
  const source = await readModel(path);
  if (!options.force) {
    assertNoneOf(source.files, files);
  }
  const pruned = pruneArtifacts(source.artifacts, sparsity);
  const [before, after] = [reportArtifacts(source.artifacts), reportArtifacts(pruned)];
  const bytes = await encodeArtifacts(pruned, {values});
  const staging = stage(out, ADVICE);
  try {
    await staging.write('model.tfsp', bytes);
    if (plain) {
      await writePlain(staging, pruned);
    }
    if (!options.unchecked) {
      await assertRead(
        ['model.tfsp', ...(plain ? ['model.json'] : [])].map((name) => join(staging.folder, name)),
      );
    }
    staging.commit();
  } finally {
    staging.discard();
  }
  const times = before.bytes / bytes.length;
  if (json) {
    return JSON.stringify({before, after, fileBytes: bytes.length, times, files});
  }
  return [
    `Before\n${before}`,
    `After\n${after}`,
    `Wrote ${files.join(', ')}: model.tfsp takes ${bytes.length.toLocaleString('en')} bytes with the topology, ` +
      `${times.toFixed(1)} times smaller than the weights before`,
  ].join('\n\n');
}

/** Reads files as their users will. */
async function assertRead(paths: string[]): Promise<void> {
  for (const path of paths) {
    try {
      await assertLoads((await readModel(path)).artifacts);
    } catch (cause) {
      throw new Error(
        `tfjs does not load the pruned model: ${(cause as Error).message}; nothing was written. ` +
          'For a model with layers of your own, --unchecked skips this test',
        {cause},
      );
    }
  }
}

/** @throws if a file that is to be written is one that was read, under whatever name. */
function assertNoneOf(read: readonly string[], written: readonly string[]): void {
  const identityOf = (path: string) => {
    const stats = statSync(path, {throwIfNoEntry: false, bigint: true});
    return stats && `${stats.dev} ${stats.ino}`;
  };
  const known = new Set(read.map(identityOf));
  const own = written.find((path) => known.has(identityOf(path) ?? ''));
  if (own !== undefined) {
    throw new UsageError(`${own} is a file of the model itself; ${ADVICE}, or add --force to overwrite it`);
  }
}
