import {join} from 'node:path';
import type {io} from '@tensorflow/tfjs-core';
import {encodeArtifacts, reportArtifacts} from 'tfjs-pruning/storage';
import {assertNoneOf} from './inputs';
import {assertLoads} from './loads';
import {readModel} from './modelFiles';
import type {Options} from './options';
import {PLAIN, writePlain} from './plain';
import {stage} from './staging';

const ADVICE = 'choose another folder with -o';

/** A changed model, and further output. */
export interface Changed {
  readonly artifacts: io.ModelArtifacts;
  readonly text?: string;
  readonly json?: object;
}

/**
 * Writes all files of a changed model or none; returns the text to print.
 *
 * @param change Makes the model to write of the artifacts that were read.
 */
export async function rewrite(
  options: Options,
  change: (artifacts: io.ModelArtifacts) => Changed | Promise<Changed>,
): Promise<string> {
  const {path, values, out, plain, json} = options;
  const files = ['model.tfsp', ...(plain ? PLAIN : [])].map((name) => join(out, name));
  // Reports a read-only folder now, not after minutes.
  stage(out, ADVICE).discard();
  const source = await readModel(path);
  if (!options.force) {
    assertNoneOf(source.files, files, ADVICE);
  }
  const {artifacts: changed, text, json: more} = await change(source.artifacts);
  const [before, after] = [reportArtifacts(source.artifacts), reportArtifacts(changed)];
  const bytes = await encodeArtifacts(changed, {values});
  const staging = stage(out, ADVICE);
  try {
    await staging.write('model.tfsp', bytes);
    if (plain) {
      await writePlain(staging, changed);
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
    return JSON.stringify({before, after, fileBytes: bytes.length, times, files, ...more});
  }
  const isSame = `${before}` === `${after}`;
  return [
    ...(text === undefined ? [] : [text]),
    ...(isSame ? [`${after}`] : [`Before\n${before}`, `After\n${after}`]),
    `Wrote ${files.join(', ')}: model.tfsp takes ${bytes.length.toLocaleString('en')} bytes with the topology, ` +
      `${times.toFixed(1)} times smaller than the weights before`,
  ].join('\n\n');
}

/** @throws if tfjs cannot load a written file. */
async function assertRead(paths: string[]): Promise<void> {
  for (const path of paths) {
    try {
      await assertLoads((await readModel(path)).artifacts);
    } catch (cause) {
      throw new Error(
        `tfjs cannot load the new model: ${(cause as Error).message}; nothing was written. ` +
          'For models with custom layers, --unchecked skips this test',
        {cause},
      );
    }
  }
}
