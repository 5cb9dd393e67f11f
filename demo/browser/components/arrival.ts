import {still} from '../dom';

/** The steps in percent, and the time between them in milliseconds. */
const STEPS = [30, 50, 65, 75, 80, 85, 90];
const PACE = 250;

const acts = ['pointerdown', 'keydown', 'click', 'input', 'change'];

/** Prunes the network step by step when the page opens, until the reader acts; with reduced motion, in one step. */
export async function arrive(to: (sparsity: number) => Promise<void>): Promise<void> {
  const acted = new AbortController();
  for (const act of acts) {
    addEventListener(act, () => acted.abort(), {capture: true, signal: acted.signal});
  }
  addEventListener('hashchange', () => acted.abort(), {signal: acted.signal});
  for (const step of still.matches ? STEPS.slice(-1) : STEPS) {
    await Promise.all([to(step), new Promise((resolve) => setTimeout(resolve, still.matches ? 0 : PACE))]);
    if (acted.signal.aborted) return;
  }
  acted.abort();
}
