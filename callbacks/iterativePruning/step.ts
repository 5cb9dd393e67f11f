import {assertOptions, isRecord, wrong} from '../../src/util/options';

/** How much more a cut prunes: a share of all weights or of the remaining ones. */
export type Step = number | {readonly ofRemaining: number};

/** The sparsity after another step. @param scale The share of the step that halving has left. */
export function nextSparsity(sparsity: number, step: Step, scale: number): number {
  const share = shareOf(step) * scale;
  return typeof step === 'number' ? sparsity + share : 1 - (1 - sparsity) * (1 - share);
}

/** The share that a step prunes, in all weights or in the remaining ones. */
export function shareOf(step: Step): number {
  return typeof step === 'number' ? step : step?.ofRemaining;
}

export function assertStep(who: string, step: unknown): asserts step is Step {
  if (isRecord(step) && 'ofRemaining' in step) assertOptions(`${who}: step`, step, ['ofRemaining']);
  const share: unknown = shareOf(step as Step);
  if (!(typeof share === 'number' && share > 0 && share < 1)) {
    throw wrong(who, 'step', 'a number in (0, 1) or {ofRemaining: share}', step);
  }
}
