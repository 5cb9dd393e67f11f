import {gzipSync} from 'node:zlib';
import type {io} from '@tensorflow/tfjs';
import type {Values} from '../src/index';
import {decodeArtifacts, encodeArtifacts} from '../src/storage/index';
import {writePositions} from '../src/storage/write/positions';
import {Writer} from '../src/storage/write/Writer';
import type {Figure} from './ratio';

const SIDE = 1024;
const SIZE = SIDE ** 2;
const SPARSITIES = [0.5, 0.8, 0.9, 0.95, 0.99];

/** The kinds of values, with the goal of each at 90 %. */
const KINDS: Record<string, {values: Values; goal: string}> = {
  float32: {values: 'float32', goal: '>= 8.6'},
  float16: {values: 'float16', goal: ''},
  int8: {values: 'int8', goal: '>= 24'},
  '5 bits': {values: {bits: 5}, goal: '>= 32'},
};

/** A dense layer of 1024 × 1024 normal weights under a random mask: bytes to entropy, to float32, to gzip; and speed. */
export async function storage(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const sparsity of SPARSITIES) {
    const {artifacts, kernel} = layer(sparsity);
    const percent = `${sparsity * 100} %`;
    const positions = new Uint32Array(SIZE).map((_, i) => i).filter((i) => kernel[i] !== 0);
    const writer = new Writer();
    writePositions(writer, positions, [SIDE, SIDE], 32);
    const entropy = entropyOf(1 - positions.length / SIZE) * SIZE;
    figures.push(
      {name: `storage: mask / entropy, ${percent}`, ratio: (writer.length * 8) / entropy, goal: '<= 1.05'},
      {
        name: `storage: float32 / gzip, ${percent}`,
        ratio: (4 * SIZE) / gzipSync(kernel, {level: 9}).length,
        goal: '',
      },
    );
    for (const [kind, {values, goal}] of Object.entries(KINDS)) {
      const {length} = await encodeArtifacts(artifacts, {values});
      const name = `storage: float32 / sparse file, ${percent}, ${kind}`;
      figures.push({name, ratio: (4 * SIZE) / length, goal: sparsity === 0.9 ? goal : ''});
    }
  }
  return [...figures, ...(await speed(Math.ceil(rounds / 6)))];
}

async function speed(rounds: number): Promise<Figure[]> {
  const {artifacts} = layer(0.9);
  const figures: Figure[] = [];
  for (const [kind, {values}] of Object.entries(KINDS)) {
    const bytes = await encodeArtifacts(artifacts, {values});
    const decoding = await fastest(() => decodeArtifacts(bytes), rounds);
    const encoding = await fastest(() => encodeArtifacts(artifacts, {values}), rounds);
    figures.push(
      {
        name: `storage: decode / 1 ns per dense weight, 90 %, ${kind}`,
        ratio: (decoding * 1e6) / SIZE,
        goal: '<= 5',
      },
      {
        name: `storage: encode / 1 ns per dense weight, 90 %, ${kind}`,
        ratio: (encoding * 1e6) / SIZE,
        goal: '<= 50',
      },
    );
  }
  return figures;
}

/** The minimum time of a task in milliseconds, as other load only adds to it. */
async function fastest(task: () => Promise<unknown>, rounds: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await task();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function layer(sparsity: number): {artifacts: io.ModelArtifacts; kernel: Float32Array<ArrayBuffer>} {
  const kernel = Float32Array.from({length: SIZE}, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    return Math.random() < sparsity ? 0 : normal / 20;
  });
  const weightSpecs = [{name: 'dense/kernel', shape: [SIDE, SIDE], dtype: 'float32' as const}];
  return {artifacts: {modelTopology: {}, weightSpecs, weightData: kernel.buffer}, kernel};
}

const entropyOf = (share: number) => -share * Math.log2(share) - (1 - share) * Math.log2(1 - share);
