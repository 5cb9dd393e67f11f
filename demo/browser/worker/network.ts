import {dispose, io, type Tensor} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {prunableWeights, prune, threshold} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {networks} from '../../networks';
import topology from '../opening/model.json';
import weights from '../opening/weights.bin?url';
import type {Sizes, WeightView} from '../protocol';
import {CLASSES, SIDE} from '../shards';

const INPUT = [SIDE, SIDE, 1];

/** The network on the page: what is pruned, and a dense one to compare it with. */
export class Network {
  readonly pruned: LayersModel;
  readonly dense: LayersModel;
  /** What a cut starts from: all variables, masks too. */
  #base: Tensor[] = [];

  private constructor(pruned: LayersModel, dense: LayersModel) {
    this.pruned = pruned;
    this.dense = dense;
    this.keep();
  }

  /** The trained network that comes with the page. */
  static async opening(base: string): Promise<Network> {
    const answer = await fetch(new URL(weights, base));
    if (!answer.ok) {
      throw new Error(`The network could not be loaded (${answer.status}). Reload the page to try again.`);
    }
    return Network.of(topology as unknown as io.ModelJSON, await answer.arrayBuffer());
  }

  /** A network out of the two files that tfjs saves. */
  static async of(json: io.ModelJSON, data: ArrayBuffer): Promise<Network> {
    const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap(({weights}) => weights),
      data,
    ]);
    const plain = await loadLayersModel(io.fromMemory(artifacts));
    try {
      const [input, output] = [plain.inputs[0]?.shape.slice(1), plain.outputs[0]?.shape.slice(1)];
      if (String(input) !== String(INPUT) || String(output) !== String([CLASSES])) {
        throw new Error(
          `it takes [${input}] and gives [${output}], where digits need [${INPUT}] and [${CLASSES}]`,
        );
      }
      return new Network(await prunable(plain), await prunable(plain));
    } finally {
      plain.dispose();
    }
  }

  /** A network of a name, as random as the seed says, twice. */
  static random(name: string, seed: number): Network {
    const make = networks[name as keyof typeof networks];
    return new Network(make(INPUT, CLASSES, seed), make(INPUT, CLASSES, seed));
  }

  /** Masks what is 0, as in a network that was pruned once. */
  async maskZeros(): Promise<void> {
    await prune(this.pruned, threshold(0));
    this.keep();
  }

  /** From here on a cut starts from what the network is now. */
  keep(): void {
    dispose(this.#base);
    this.#base = this.pruned.getWeights().map((weight) => weight.clone());
  }

  /** Undoes all cuts since `keep`. */
  restore(): void {
    this.pruned.setWeights(this.#base);
  }

  /** Makes the dense network what the pruned one is now. */
  copyToDense(): void {
    this.dense.setWeights(this.pruned.getWeights());
  }

  async views(): Promise<WeightView[]> {
    return Promise.all(
      prunableWeights(this.pruned).map(async ({name, value, mask}) => {
        const [values, bits] = await Promise.all([value.data(), mask.data()]);
        // Copies: what is sent is gone here.
        return {
          name,
          shape: [...value.shape],
          values: Float32Array.from(values),
          mask: Uint8Array.from(bits),
        };
      }),
    );
  }

  /** How many elements there are and how many the masks keep, and the multiplications of both. */
  async counts(): Promise<{size: number; kept: number; macs: number; keptMacs: number}> {
    const total = {size: 0, kept: 0, macs: 0, keptMacs: 0};
    for (const {value, mask, uses} of prunableWeights(this.pruned)) {
      // Not by `report`, which reads at once, and so slowly on a graphics device.
      const kept = ((await mask.data()) as Uint8Array).reduce((sum, bit) => sum + bit, 0);
      total.size += value.size;
      total.kept += kept;
      total.macs += value.size * uses;
      total.keptMacs += kept * uses;
    }
    return total;
  }

  async sizes(): Promise<{dense: Sizes; pruned: Sizes}> {
    const {size, kept, macs, keptMacs} = await this.counts();
    const parameters = this.pruned.trainableWeights.reduce((sum, {shape}) => sum + product(shape), 0);
    return {
      dense: {parameters, macs, ...(await fileSizes(this.dense))},
      pruned: {parameters: parameters - size + kept, macs: keptMacs, ...(await fileSizes(this.pruned))},
    };
  }

  dispose(): void {
    dispose(this.#base);
    this.pruned.dispose();
    this.dense.dispose();
  }
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((size, dim) => size * (dim ?? 1), 1);
}

/** How many bytes the weights take that tfjs saves of the stripped model: as they are, and gzipped. */
async function fileSizes(model: LayersModel): Promise<{raw: number; gzip: number}> {
  const parts = await Promise.all(model.trainableWeights.map((weight) => weight.read().data()));
  const blob = new Blob(parts as Float32Array<ArrayBuffer>[]);
  const gzipped = new Response(blob.stream().pipeThrough(new CompressionStream('gzip')));
  return {raw: blob.size, gzip: (await gzipped.arrayBuffer()).byteLength};
}
