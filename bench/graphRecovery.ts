// Prunes published graph models, and trains them without labels, as in docs/graph-models.md.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {Command} from 'commander';
import {fastest, startBackend} from '../demo/node/backend';
import {readArtifacts} from './graphModels/load';
import {models} from './graphModels/models';
import {type Plan, type Recovery, recover, recoveryFile} from './graphModels/recovery';

const {models: folder, only} = new Command('tsx bench/graphRecovery.ts')
  .description(
    'Trains pruned graph models to match the originals; results go to bench/graphModels/recovery.json.',
  )
  .requiredOption(
    '--models <folder>',
    'folder with the packages that npm run bench:graph installed',
    (path) => resolve(path),
  )
  .option('--only <names...>', 'some of the models')
  .parse()
  .opts<{models: string; only?: string[]}>();

const plans: Record<string, Plan> = {
  mobilefacenet: {
    ...{loss: 'meanSquaredError', sparsity: 0.6, rate: 1e-3},
    ...{pictures: 128, epochs: 5, batchSize: 8},
  },
};

await startBackend(fastest());
for (const [name, plan] of Object.entries(plans)) {
  const model = models.find((one) => one.name === name);
  if (model === undefined || !(only?.includes(name) ?? true)) continue;
  const file = join(folder, 'node_modules', model.from.replace(/(?<=.)@.*/, ''), model.path);
  const result = await recover(name, await readArtifacts(file), plan);
  console.log(JSON.stringify(result));
  const before: Recovery[] = existsSync(recoveryFile) ? JSON.parse(readFileSync(recoveryFile, 'utf8')) : [];
  const all = [...before.filter((one) => one.name !== name), result];
  writeFileSync(recoveryFile, `${JSON.stringify(all, null, 1)}\n`);
}
