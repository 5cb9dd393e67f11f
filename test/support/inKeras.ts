import {existsSync, mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {folder} from '../../demo/node/files';
import {inputsOf} from './compare';
import {python} from './keras';
import {readNpy, writeNpy} from './npy';

/**
 * The largest difference between the outputs of Keras and tfjs for each model, relative to the largest output if that exceeds
 * 1; an error message if Keras cannot load the model.
 */
export async function differencesInKeras(models: readonly tf.LayersModel[]): Promise<(number | string)[]> {
  const root = mkdtempSync(join(tmpdir(), 'keras-'));
  const paths = models.map((_, i) => join(root, `${i}`.padStart(4, '0')));
  const expected: tf.Tensor[][] = [];
  for (const [i, model] of models.entries()) {
    await model.save(folder(paths[i]));
    const inputs = inputsOf(model);
    inputs.forEach((x, j) => {
      writeNpy(join(paths[i], `x${j}.npy`), x);
    });
    expected.push([model.predict(inputs)].flat());
  }
  await python('test/keras/predict.py', [root]);
  return paths.map((path, i) => {
    const error = join(path, 'error.txt');
    if (existsSync(error)) return readFileSync(error, 'utf8');
    const count = readdirSync(path).filter((name) => /^y\d+\.npy$/.test(name)).length;
    if (count !== expected[i].length) return `${count} outputs, where tfjs has ${expected[i].length}`;
    return Math.max(...expected[i].map((output, j) => distance(output, readNpy(join(path, `y${j}.npy`)))));
  });
}

function distance(one: tf.Tensor, other: tf.Tensor): number {
  tf.util.assertShapesMatch(one.shape, other.shape);
  return tf.tidy(() => {
    const scale = Math.max(1, tf.max(tf.abs(one)).dataSync()[0]);
    return tf.max(tf.abs(tf.sub(one, other))).dataSync()[0] / scale;
  });
}
