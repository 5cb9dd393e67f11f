import * as tf from '@tensorflow/tfjs';
import {shadow} from '../../src/model/shadow';

/** Registers something for disposal after the behavior. */
export type Own = <Thing extends {dispose(): unknown}>(thing: Thing) => Thing;

/** A behavior of the library on every backend; throws if it fails. */
export interface Behavior {
  (own: Own): Promise<void>;
  /** The kernel that it needs and the WASM backend lacks without enableTraining(). */
  readonly needs?: string;
}

/** A behavior with training that requires a kernel missing on the WASM backend. */
export function needing(needs: string, run: (own: Own) => Promise<void>): Behavior {
  return Object.assign(run, {needs});
}

/**
 * Tests a behavior on the current backend. It must not read the device synchronously, which would block a page, and must not
 * leak tensors.
 */
export async function see(behavior: Behavior): Promise<void> {
  const before = tf.memory().numTensors;
  const mind = refuseToWait();
  try {
    await owning((own) => behavior(own));
  } finally {
    mind();
  }
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`it leaves ${left} tensors behind`);
}

/** The location of tensor data in a backend: on the device, on the host, or both. */
type DataMap = {get(data: object): {values: unknown}};

/** Makes every synchronous read throw; returns the function that undoes this. */
function refuseToWait(): () => void {
  const refuse = (): never => {
    throw new Error('it waits for the device');
  };
  const ends = [shadow(tf.Tensor.prototype, 'dataSync', () => refuse)];
  // Kernels of tfjs read data on the host, as gather its indices. On a graphics device not all data is there.
  const {texData, tensorMap = texData} = tf.backend() as Partial<Record<'texData' | 'tensorMap', DataMap>>;
  if (/^web/.test(tf.getBackend()) && tensorMap !== undefined) {
    const isAtHand = (data: object) => tensorMap.get(data).values != null;
    ends.push(shadow(tf.backend(), 'readSync', (read) => (data) => (isAtHand(data) ? read(data) : refuse())));
  }
  return () => {
    for (const end of ends) end();
  };
}

async function owning<Result>(run: (own: Own) => Promise<Result>): Promise<Result> {
  const owned: {dispose(): unknown}[] = [];
  try {
    return await run((thing) => {
      owned.push(thing);
      return thing;
    });
  } finally {
    for (const thing of owned.reverse()) thing.dispose();
  }
}

/** Throws unless two values have the same JSON. */
export function equal(actual: unknown, expected: unknown): void {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (found !== wanted) throw new Error(`expected ${wanted}, got ${found}`);
}

export function ok(condition: boolean, claim: string): void {
  if (!condition) throw new Error(`it is not so that ${claim}`);
}

type Numbers = ArrayLike<number>;

/** Throws unless numbers are as expected up to rounding, relative for numbers above 1. */
export function close(actual: Numbers, expected: Numbers, tolerance = 1e-4): void {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} numbers, got ${actual.length}`);
  }
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(off <= tolerance)) throw new Error(`expected ${expected[i]} at ${i}, got ${actual[i]}`);
  }
}

/** Throws unless a promise rejects with a message. */
export async function refused(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const said = await promise.then(
    () => 'nothing',
    (error: Error) => error.message,
  );
  if (!message.test(said)) throw new Error(`expected to be refused with ${message}, got ${said}`);
}

/** Throws unless a function returns the same numbers on the current backend as on the CPU, where it runs first. */
export async function asOnCpu(run: (own: Own) => Promise<Numbers[]>, tolerance?: number): Promise<void> {
  const backend = tf.getBackend();
  await tf.setBackend('cpu');
  const expected = await owning(run).finally(() => tf.setBackend(backend));
  const actual = await owning(run);
  equal(actual.length, expected.length);
  for (const [i, numbers] of expected.entries()) close(actual[i], numbers, tolerance);
}
