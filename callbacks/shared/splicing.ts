import {abs, add, dispose, mul, tensor, tidy, type Variable, variable} from '@tensorflow/tfjs-core';
import type {Importance, Scored} from '../../src/importance/importance';
import {magnitude} from '../../src/importance/magnitude';
import {bitsOf} from '../../src/model/bits';
import {setMask} from '../../src/model/mask';
import {masked} from '../../src/model/masked';
import type {Network} from '../../src/model/network';
import type {Weight} from '../../src/model/weight';
import type {Pruned} from '../../src/pruned';
import type {Recipe} from '../../src/recipe';
import {attachHook} from '../../src/training/stepHooks';
import {type Bytes, bytesOf, fromBase64, toBase64, valuesOf} from '../../src/util/bytes';
import {needDenseGradients} from '../../src/util/maskedCalls';
import {choose} from '../../src/where';

/** A weight's state between updates, in base64: its values, and which elements may return. */
export interface SplicedState {
  readonly values: string;
  readonly allowed: string;
}

/** The states by weight name. */
export type SplicedStates = Readonly<Record<string, SplicedState>>;

/** A weight whose pruned elements train in the background. */
interface Spliced extends Weight {
  /** Its values, also of pruned elements. */
  readonly latent: Variable;
  /** 0 for elements that were pruned before, which never return. */
  readonly allowed: Uint8Array;
}

/** Trains pruned weights in the background, so that updates of the masks may return them. */
export class Splicing {
  #weights: Spliced[] = [];
  #saved: SplicedStates = {};
  #unsavedSteps = 0;
  #close: () => void = () => {};

  /** @param margin By how much the score of a pruned unit has to exceed that of a remaining one, as a share. */
  constructor(
    readonly who: string,
    readonly margin: number,
  ) {}

  /** Starts in a fit. @param saved The state to go on from. */
  async open(network: Network, {where, pattern}: Recipe, saved: SplicedStates): Promise<void> {
    const weights = choose(network, where, pattern);
    this.#saved = saved;
    const masks = await Promise.all(weights.map(({mask}) => bitsOf(mask)));
    this.#weights = weights.map((weight, i) => splicedOf(weight, masks[i], saved[weight.name]));
    const endDense = needDenseGradients(weights);
    const detach = attachHook(this.who, network.model, 'dense', (gradients, step) => {
      for (const {value, latent} of this.#weights) value.assign(latent);
      try {
        step(gradients);
      } finally {
        tidy(() => {
          for (const {value, latent, mask} of this.#weights) {
            latent.assign(value);
            value.assign(masked(value, mask));
          }
        });
      }
      this.#unsavedSteps++;
    });
    this.#close = () => {
      detach();
      endDense();
      dispose(this.#weights.map(({latent}) => latent));
      this.#weights = [];
      this.#unsavedSteps = 0;
      this.#close = () => {};
    };
  }

  /** Ends it; the masks are as the last update left them. */
  close(): void {
    this.#close();
  }

  /** Prunes with all units as candidates again. @param prune Prunes by a recipe. */
  async update(recipe: Recipe, prune: (recipe: Recipe) => Promise<Pruned>): Promise<Pruned> {
    const weights = this.#weights;
    const before = await Promise.all(weights.map(({mask}) => bitsOf(mask)));
    for (const {value, latent, allowed, ...weight} of weights) {
      value.assign(latent);
      setMask({...weight, value}, allowed);
    }
    const favored = new Map(weights.map(({name}, i) => [name, before[i]]));
    const importance = favoring(recipe.importance ?? magnitude(), favored, this.margin);
    const decided = new Set<string>();
    try {
      const result = await prune({...recipe, importance});
      for (const {name} of result.weights) decided.add(name);
      return result;
    } finally {
      // Also of weights without the statistics that the importance needs.
      for (const [i, weight] of weights.entries()) {
        if (!decided.has(weight.name)) setMask(weight, before[i]);
      }
    }
  }

  /** Reads the values of pruned weights from the device. @param isNeeded False if no update will follow. */
  async save(isNeeded: boolean): Promise<SplicedStates> {
    const states = await Promise.all((isNeeded ? this.#weights : []).map(stateOf));
    this.#saved = Object.fromEntries(states);
    this.#unsavedSteps = 0;
    return this.#saved;
  }

  /** @throws in the middle of an epoch. */
  state(): SplicedStates {
    if (this.#unsavedSteps > 0) {
      throw new Error(
        `${this.who}: state() would lose the values of pruned weights; call it when an epoch has ended, from a callback after ` +
          `${this.who}(), or after fit`,
      );
    }
    return this.#saved;
  }
}

function splicedOf(weight: Weight, mask: Uint8Array, saved: SplicedState | undefined): Spliced {
  const {value} = weight;
  const valuesIn = (text: string) => tensor(valuesOf(fromBase64(text), 'float32'), value.shape);
  // A variable outlives the tidy.
  const latent = tidy(() => variable(saved ? valuesIn(saved.values) : masked(value, weight.mask), false));
  return {...weight, latent, allowed: saved ? fromBase64(saved.allowed) : mask.slice()};
}

async function stateOf({name, latent, allowed}: Spliced): Promise<[string, SplicedState]> {
  return [name, {values: toBase64(await bytesOf(latent)), allowed: toBase64(allowed.slice() as Bytes)}];
}

/** An importance that scores remaining elements higher by a share. */
function favoring(
  importance: Importance,
  remaining: ReadonlyMap<string, Uint8Array>,
  margin: number,
): Importance {
  const scores = (weight: Scored) => {
    const score: unknown = importance(weight);
    const bits = remaining.get(weight.name);
    // Anything else than scores is reported by the caller.
    if (bits === undefined || Object(score).shape?.join() !== weight.value.shape.join())
      return score as never;
    const own = score as ReturnType<Importance>;
    return add(own, mul(abs(own), mul(tensor(bits, weight.value.shape, 'float32'), margin)));
  };
  return Object.assign(scores, {needs: importance.needs});
}
