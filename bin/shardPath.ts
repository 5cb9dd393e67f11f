import {realpathSync} from 'node:fs';
import {dirname, isAbsolute, join, relative, sep} from 'node:path';

/**
 * Returns the path of a weight file listed in a model.json.
 *
 * @throws if it is outside the folder of the model.json, by any spelling or link: an untrusted model must not copy other
 *   files of this machine into its weights.
 */
export function shardPath(model: string, shard: unknown): string {
  if (typeof shard !== 'string' || spellings(shard).some(leaves)) {
    throw outside(model, shard);
  }
  const folder = dirname(model);
  const path = join(folder, shard);
  const inside = relative(realpathSync(folder), resolved(path) ?? realpathSync(folder));
  if (inside.split(sep)[0] === '..' || isAbsolute(inside)) {
    throw outside(model, shard);
  }
  return path;
}

/** A path and its results of repeated URL decoding. */
function spellings(path: string): string[] {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded === path ? [path] : [path, ...spellings(decoded)];
}

/** Whether a path is absolute or contains .., on any operating system. */
const leaves = (path: string) =>
  /^[/\\]|^[a-z]:|^[a-z][a-z\d+.-]*:\/\/|\0/i.test(path) || path.split(/[/\\]/).includes('..');

/** The target of links; undefined for missing files, which reading reports. */
function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const outside = (model: string, shard: unknown) =>
  new Error(
    `${model} takes weights from ${JSON.stringify(shard)}, outside of its folder; ` +
      'put the file beside it and correct weightsManifest',
  );
