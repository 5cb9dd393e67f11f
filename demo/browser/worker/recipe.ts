import {makers} from 'virtual:makers';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {prunableWeights, type Recipe} from 'tfjs-pruning';
import {nthHighest} from '../../../src/select/select';
import type {Inspected} from '../protocol';
import type {Settings} from '../settings';

export type Parts = Required<Pick<Recipe, 'importance' | 'pattern' | 'allocation'>>;

/** Creates the parts of a method. */
export function recipeOf({importance, pattern, allocation}: Settings): Parts {
  return {
    importance: makers.importance[importance](0),
    pattern: makers.pattern[pattern](0),
    allocation: makers.allocation[allocation](0),
  };
}

interface Judgement {
  /** The scores of the units, each of the last update before it was pruned, and the latest threshold. */
  scores: Float32Array;
  threshold: number;
  unitOf?: Int32Array;
}

/** Records why elements were pruned: it wraps the allocation, which gets the scores. */
export class Traces {
  readonly #judgements = new Map<string, Judgement>();
  readonly #masks = new Map<string, Uint8Array>();
  /** The epoch and the threshold at which each element was pruned. */
  readonly #cuts = new Map<string, {epoch: Float32Array; threshold: Float32Array}>();

  /** The same recipe with recording. */
  watch(recipe: Parts): Recipe {
    const {allocation, pattern} = recipe;
    const overheard = Object.assign((...given: Parameters<typeof allocation>) => {
      const keep = allocation(...given);
      const [groups] = given;
      for (const [i, {members, scores}] of groups.entries()) {
        const [{weight}] = members;
        const before = this.#judgements.get(weight.name)?.scores;
        this.#judgements.set(weight.name, {
          scores: scores.map((score, unit) => (Number.isFinite(score) ? score : (before?.[unit] ?? score))),
          threshold: nthHighest(scores, Math.min(scores.length, Math.max(1, keep[i]))),
          unitOf: pattern(weight).unitOf,
        });
      }
      return keep;
    }, allocation);
    return {...recipe, allocation: overheard};
  }

  /** Records the elements pruned since the last call. */
  async note(model: LayersModel, epoch = Number.NaN): Promise<void> {
    for (const {name, mask} of prunableWeights(model)) {
      const bits = Uint8Array.from(await mask.data());
      const before = this.#masks.get(name);
      this.#masks.set(name, bits);
      const cuts = this.#cuts.get(name) ?? {
        epoch: new Float32Array(bits.length).fill(Number.NaN),
        threshold: new Float32Array(bits.length).fill(Number.NaN),
      };
      this.#cuts.set(name, cuts);
      const threshold = this.#judgements.get(name)?.threshold ?? Number.NaN;
      for (let i = 0; i < bits.length; i++) {
        if (bits[i] === 0 && (before === undefined || before[i] === 1)) {
          cuts.epoch[i] = epoch;
          cuts.threshold[i] = threshold;
        }
      }
    }
  }

  of(weight: string, index: number): Omit<Inspected, 'value'> {
    const kept = this.#masks.get(weight)?.[index] !== 0;
    const judged = this.#judgements.get(weight);
    const cut = this.#cuts.get(weight);
    const finite = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);
    return {
      kept,
      score: finite(judged?.scores[judged.unitOf?.[index] ?? index]),
      threshold: finite(kept ? judged?.threshold : cut?.threshold[index]),
      epoch: kept ? undefined : finite(cut?.epoch[index]),
    };
  }

  clear(): void {
    for (const map of [this.#judgements, this.#masks, this.#cuts]) {
      map.clear();
    }
  }
}
