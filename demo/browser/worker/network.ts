import {dispose, io, type Optimizer, type Tensor, train} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {decode, encode, prunableWeights, prune, threshold} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {networks} from '../../networks';
import file from '../opening/opening.tfsp?url';
import type {Carried, WeightView} from '../protocol';
import {CLASSES, SIDE} from '../shards';

const INPUT = [SIDE, SIDE, 1];

/** The network on the page: the pruned one, and a dense one for comparison. */
export class Network {
  readonly pruned: LayersModel;
  readonly dense: LayersModel;
  /** The network before pruning by the slider: all variables, including masks. */
  #base: Tensor[] = [];

  private constructor(pruned: LayersModel, dense: LayersModel) {
    this.pruned = pruned;
    this.dense = dense;
    this.keep();
    // Importances with gradients need a loss even before training.
    this.compile(() => train.sgd(0.01));
  }

  /** The trained network that comes with the page. */
  static async opening(base: string): Promise<Network> {
    const answer = await fetch(new URL(file, base));
    if (!answer.ok) {
      throw new Error(`The network could not be loaded (${answer.status}). Reload the page to try again.`);
    }
    return Network.decoded(await answer.arrayBuffer());
  }

  /** A network from the two files that tfjs saves. */
  static async of(json: io.ModelJSON, data: ArrayBuffer): Promise<Network> {
    const artifacts = await io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap(({weights}) => weights),
      data,
    ]);
    return Network.#from(await loadLayersModel(io.fromMemory(artifacts)));
  }

  /** A network from a sparse file. */
  static async decoded(file: ArrayBuffer): Promise<Network> {
    return Network.#from(await decode(file));
  }

  /** The network of another worker. */
  static async carried({pruned, dense}: Carried): Promise<Network> {
    const network = await Network.decoded(pruned);
    const twin = await decode(dense);
    network.dense.setWeights((await prunable(twin)).getWeights());
    await network.maskZeros();
    return network;
  }

  /** Takes a plain model, which it disposes. */
  static async #from(plain: LayersModel): Promise<Network> {
    try {
      const [input, output] = [plain.inputs[0]?.shape.slice(1), plain.outputs[0]?.shape.slice(1)];
      if (String(input) !== String(INPUT) || String(output) !== String([CLASSES])) {
        throw new Error(
          `its input is [${input}] and its output [${output}]; digits need [${INPUT}] and [${CLASSES}]`,
        );
      }
      return new Network(await prunable(plain), await prunable(plain));
    } finally {
      plain.dispose();
    }
  }

  /** A network by name, initialized from the seed, twice. */
  static random(name: string, seed: number): Network {
    const make = networks[name as keyof typeof networks];
    return new Network(make(INPUT, CLASSES, seed), make(INPUT, CLASSES, seed));
  }

  /** Masks zeros, as those of a pruned network. */
  async maskZeros(): Promise<void> {
    await prune(this.pruned, threshold(0));
    this.keep();
  }

  /** Makes the current network the one that `restore` brings back. */
  keep(): void {
    dispose(this.#base);
    this.#base = this.pruned.getWeights().map((weight) => weight.clone());
  }

  /**
   * Compiles both for training. The optimizers stay after the run, as pruning resets their slots, until others replace
   * them.
   */
  compile(optimizer: () => Optimizer): void {
    for (const model of [this.pruned, this.dense]) {
      const before = optimizerOf(model);
      model.compile({optimizer: optimizer(), loss: 'categoricalCrossentropy'});
      before?.dispose();
    }
  }

  /** Undoes all pruning since `keep`. */
  restore(): void {
    this.pruned.setWeights(this.#base);
  }

  /** Copies the pruned network into the dense one. */
  copyToDense(): void {
    this.dense.setWeights(this.pruned.getWeights());
  }

  /** A copy of the pruned network. */
  async copy(): Promise<Network> {
    return Network.decoded((await encode(this.pruned)).slice().buffer);
  }

  /** The network before pruning by the slider, for another worker. */
  async carried(): Promise<Carried> {
    this.restore();
    const [pruned, dense] = [await encode(this.pruned), await encode(this.dense)];
    return {pruned: pruned.slice().buffer, dense: dense.slice().buffer};
  }

  async views(): Promise<WeightView[]> {
    return Promise.all(
      prunableWeights(this.pruned).map(async ({name, value, mask}) => {
        const [values, bits] = await Promise.all([value.data(), mask.data()]);
        // Copies, as sent buffers are detached here.
        return {
          name,
          shape: [...value.shape],
          values: Float32Array.from(values),
          mask: Uint8Array.from(bits),
        };
      }),
    );
  }

  dispose(): void {
    dispose(this.#base);
    for (const model of [this.pruned, this.dense]) {
      optimizerOf(model)?.dispose();
      model.dispose();
    }
  }
}

/** Undefined for a model that was never compiled, unlike its type. */
function optimizerOf({optimizer}: LayersModel): Optimizer | undefined {
  return optimizer;
}
