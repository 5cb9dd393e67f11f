import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe} from '../util/describe';
import {assertOptions} from '../util/options';
import {type MaskMerge, mixWeights} from './mixWeights';
import {readNetwork} from './network';

/** Options for `averageWeights`. */
export interface AverageWeightsOptions {
  /** The share of each model, such as its number of examples; equal by default. */
  shares?: number[];
  /**
   * The masks of the target after the call: unchanged (`keep`, the default), or the union or intersection of the models'
   * masks.
   */
  masks?: MaskMerge;
}

/**
 * Sets a model's weights to the weighted mean of other models' weights, as in federated learning. Moving means and variances
 * of batch norms are averaged too; masks are kept, united or intersected.
 *
 * formula: w ← m · Σₖ sₖ · mₖ · wₖ / Σₖ sₖ, of shares s and masks m
 *
 * @param models Models of the target's architecture, possibly including the target. A model without masks keeps its nonzeros.
 * @returns a promise that is fulfilled when the target has the new weights.
 * @throws if the weights of the models differ, or on bad options; the target is unchanged then.
 * @example await averageWeights(model, clients, {shares: [600, 400]});
 */
export async function averageWeights(
  target: LayersModel,
  models: readonly LayersModel[],
  options: AverageWeightsOptions = {},
): Promise<void> {
  const network = readNetwork('averageWeights', target);
  if (!Array.isArray(models) || models.length === 0) {
    throw network.refuse(`models must be a list of at least one model, got ${describe(models)}`);
  }
  assertOptions(network.who, options, ['shares', 'masks']);
  const {shares = models.map(() => 1), masks} = options;
  const isShare = (share: unknown) =>
    typeof share === 'number' && share >= 0 && share < Number.POSITIVE_INFINITY;
  const sum = Array.isArray(shares) && shares.every(isShare) ? shares.reduce((a, b) => a + b, 0) : 0;
  if (sum === 0 || shares.length !== models.length) {
    throw network.refuse(
      `shares must be ${models.length} numbers from 0 that are not all 0, one for each model, got ` +
        (Array.isArray(shares) ? `[${shares.map(describe)}]` : describe(shares)),
    );
  }
  await mixWeights(
    network,
    models,
    shares.map((share) => share / sum),
    masks,
  );
}

/** Options for `softUpdate`. */
export interface SoftUpdateOptions {
  /** The share of the source in the new weights, from 0 to 1. */
  tau: number;
  /** As in `averageWeights`, of the target and the source; by default the target keeps its masks. */
  masks?: MaskMerge;
}

/**
 * Moves a model's weights towards those of another, as for a target network in reinforcement learning or a mean teacher.
 *
 * formula: w ← m · ((1 − τ) · w + τ · m′ · w′), of masks m
 *
 * @param source A model of the target's architecture.
 * @returns a promise that is fulfilled when the target has the new weights.
 * @throws if the weights of the models differ, or on bad options; the target is unchanged then.
 * @see Lillicrap et al. 2016, https://arxiv.org/abs/1509.02971
 * @example await softUpdate(target, model, {tau: 0.01});
 */
export async function softUpdate(
  target: LayersModel,
  source: LayersModel,
  options: SoftUpdateOptions,
): Promise<void> {
  const network = readNetwork('softUpdate', target);
  assertOptions(network.who, options, ['tau', 'masks']);
  const {tau, masks} = options;
  if (!(typeof tau === 'number' && tau >= 0 && tau <= 1)) {
    throw network.refuse(`tau must be a number from 0 to 1, got ${describe(tau)}`);
  }
  await mixWeights(network, [target, source], [1 - tau, tau], masks);
}
