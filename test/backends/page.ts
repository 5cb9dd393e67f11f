// Runs in Chromium: tests behaviors one by one, and returns their errors.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import {see} from './behavior';
import {behaviors} from './behaviors';

async function use(backend: string): Promise<string> {
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`);
  return tf.getBackend();
}

/** The error of a behavior; undefined if it passes. */
async function sees(topic: string, name: string): Promise<string | undefined> {
  try {
    await see(behaviors[topic][name]);
  } catch (error) {
    return `${(error as Error).stack ?? error}`;
  }
}

Object.assign(globalThis, {use, sees});
