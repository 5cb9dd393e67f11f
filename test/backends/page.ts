// Runs in Chromium: sees to behaviors one by one, and says what is wrong with them.
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import {see} from './behavior';
import {behaviors} from './behaviors';

async function use(backend: string): Promise<string> {
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`);
  return tf.getBackend();
}

/** What is wrong with a behavior, or nothing. */
async function sees(topic: string, name: string): Promise<string | undefined> {
  try {
    await see(behaviors[topic][name]);
  } catch (error) {
    return `${(error as Error).stack ?? error}`;
  }
}

Object.assign(globalThis, {use, sees});
