import type {io} from '@tensorflow/tfjs-core';
import {Machine} from '../../../src/runtime/machine/Machine';
import type {LayerJson} from '../../../src/runtime/model/graph';
import {readNetwork} from '../../../src/runtime/model/read';
import {Weights} from '../../../src/runtime/model/Weights';
import {type Net, Runner} from '../../../src/runtime/Net';
import type {Answers} from '../protocol';
import type {Digits} from '../readDigits';
import {CLASSES, SIZE} from '../shards';
import {soonest} from '../soon';

/** Digits per task, so that none is long. */
const CHUNK = 100;

/** The dense and the pruned network in the runtime of this library. */
export class Quick {
  readonly #dense: Net;
  #pruned: Net;
  readonly #artifacts: io.ModelArtifacts;

  private constructor(artifacts: io.ModelArtifacts, dense: Net) {
    this.#artifacts = artifacts;
    this.#dense = dense;
    this.#pruned = dense;
  }

  static async start(artifacts: io.ModelArtifacts): Promise<Quick> {
    return new Quick(artifacts, await netOf(artifacts, artifacts.weightData as ArrayBuffer));
  }

  /** Uses these weights for the pruned network. */
  async take(data: ArrayBuffer): Promise<void> {
    this.#pruned = await netOf(this.#artifacts, data);
  }

  /** The accuracy of the pruned network. */
  async accuracy({labels, pixels}: Digits): Promise<number> {
    let right = 0;
    for (let from = 0; from < labels.length; from += CHUNK) {
      await soonest();
      const length = Math.min(CHUNK, labels.length - from);
      const grey = pixels.subarray(from * SIZE, (from + length) * SIZE);
      const scores = this.#pruned.predict(Float32Array.from(grey, (byte) => byte / 255));
      for (let i = 0; i < length; i++) {
        const row = scores.subarray(i * CLASSES, (i + 1) * CLASSES);
        if (row.indexOf(Math.max(...row)) === labels[from + i]) right++;
      }
    }
    return right / labels.length;
  }

  answers(pixels: Float32Array): Answers {
    return {dense: [...this.#dense.predict(pixels)], pruned: [...this.#pruned.predict(pixels)]};
  }
}

async function netOf({modelTopology, weightSpecs = []}: io.ModelArtifacts, data: ArrayBuffer): Promise<Net> {
  const saved = modelTopology as LayerJson & {model_config?: LayerJson};
  const network = await readNetwork(saved.model_config ?? saved, new Weights(weightSpecs, data));
  return new Runner(network, await Machine.start());
}
