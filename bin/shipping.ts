import {basename, dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {ship} from 'tfjs-pruning';
import {check} from './check';
import {assertNoneOf} from './inputs';
import {readModel} from './modelFiles';
import type {Options} from './options';
import {stage} from './staging';

/** Writes a model as a module, with its declarations, after an optional check; returns the text to print. */
export async function shipping({path, values, out, format, checks, force, json}: Options): Promise<string> {
  const folder = dirname(out);
  const declarations = basename(out).replace(/\.(m?)js$/, '.d.$1ts');
  const names = format === 'wasm' ? [basename(out)] : [basename(out), declarations];
  const files = names.map((name) => join(folder, name));
  const {artifacts, files: read} = await readModel(path);
  if (!force) assertNoneOf(read, files);
  const difference = checks && check(await ship(artifacts, {values, format: 'wasm'}), checks);
  const contents =
    format === 'wasm'
      ? [await ship(artifacts, {values, format})]
      : [await ship(artifacts, {values}), await ship(artifacts, {values, format: 'types'})];
  const staging = stage(folder);
  try {
    for (const [i, content] of contents.entries()) await staging.write(names[i], content);
    staging.commit();
  } finally {
    staging.discard();
  }
  const bytes = Buffer.byteLength(contents[0]);
  const gzipBytes = gzipSync(contents[0], {level: 9}).length;
  if (json) return JSON.stringify({files, bytes, gzipBytes, difference});
  const checked =
    difference === undefined
      ? ''
      : `; the outputs differ by up to ${difference.toPrecision(3)} of the largest`;
  return `Wrote ${files.join(', ')}: ${basename(out)} takes ${bytes.toLocaleString('en')} bytes, ${gzipBytes.toLocaleString('en')} with gzip${checked}`;
}
