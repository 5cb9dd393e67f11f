import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {prune, report, strip} from 'tfjs-pruning';
import {folder} from '../demo/node/files';
import {examplesIn, run} from './support/examples';
import {mlp} from './support/models';

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8');

describe('docs/scaling.md', () => {
  it('has examples that save a smaller model for Keras, and load the result with its sparsity', async () => {
    // Like tfjs-node, which supports file://.
    const at = mkdtempSync(join(tmpdir(), 'scaling-'));
    const router = (url: string | string[]) =>
      (url === 'file://pruned' ? folder(at) : null) as tf.io.IOHandler;
    tf.io.registerSaveRouter(router);
    const trained = mkdtempSync(join(tmpdir(), 'trained-'));
    tf.io.registerLoadRouter((url) =>
      url === 'file://trained/model.json' ? folder(trained) : (null as never as tf.io.IOHandler),
    );
    const sparse = mlp();
    await prune(sparse, 0.5);
    await (await strip(sparse)).save(folder(trained));
    const model = mlp();
    const [[, save], [, load]] = examplesIn('docs/scaling.md');
    await run(save, {model});
    const {resumed} = await run(load, {}, ['resumed']);
    const back = await tf.loadLayersModel(folder(at));
    expect(back.countParams()).toBeLessThan(model.countParams());
    expect(report(resumed as tf.LayersModel).total.sparsity).toBe(0.5);
  });

  it('shows the code of scripts/distribute.py', () => {
    const shown = [...read('docs/scaling.md').matchAll(/^```py\n(.*?)^```/gms)].map(([, code]) => code);
    expect(shown).toHaveLength(2);
    for (const code of shown) expect(read('scripts/distribute.py')).toContain(code);
  });
});
