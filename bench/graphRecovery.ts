// Prunes published graph models, and trains them without labels, as in docs/graph-models.md.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import {fastest, startBackend} from '../demo/node/backend';
import {readArtifacts} from './graphModels/load';
import {models} from './graphModels/models';
import {fileOf, packagesFolder} from './graphModels/packages';
import {type Plan, type Recovery, recover} from './graphModels/recovery';
import {recoveryFile} from './graphModels/recoveryTable';

const {models: folder, only} = new Command('tsx bench/graphRecovery.ts')
  .description(
    'Trains pruned graph models to match the originals; results go to bench/graphModels/recovery.json.',
  )
  .option(
    '--models <folder>',
    'where the packages with the models are, or will be',
    (path) => resolve(path),
    packagesFolder,
  )
  .option('--only <names...>', 'some of the models')
  .parse()
  .opts<{models: string; only?: string[]}>();

const plans: Record<string, Plan> = {
  emotion: {pattern: 'channels', sparsity: 0.3, rate: 2e-3, photos: 1024, epochs: 5, batchSize: 8},
  mobilenet_v2_mid: {pattern: 'elements', sparsity: 0.5, rate: 1e-3, photos: 192, epochs: 4, batchSize: 8},
};

await startBackend(fastest());
for (const [name, plan] of Object.entries(plans)) {
  const model = models.find((one) => one.name === name);
  if (model === undefined || !(only?.includes(name) ?? true)) continue;
  const result = await recover(name, await readArtifacts(fileOf(model, folder)), plan);
  console.log(JSON.stringify(result));
  const before: Recovery[] = existsSync(recoveryFile) ? JSON.parse(readFileSync(recoveryFile, 'utf8')) : [];
  const all = [...before.filter((one) => one.name !== name), result];
  writeFileSync(recoveryFile, `${JSON.stringify(all, null, 1)}\n`);
}
