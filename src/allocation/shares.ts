/**
 * Divides a number of units in proportion to `wants`, each share from `least` to `most`; the others make up for a share at its
 * bound. The shares are whole and add up to the number, as far as the bounds allow.
 */
export function shareOut(
  total: number,
  wants: readonly number[],
  least: readonly number[],
  most: readonly number[],
): number[] {
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const clamp = (share: number, i: number) => Math.min(most[i], Math.max(least[i], share));
  const goal = Math.min(sum(most), Math.max(sum(least), total));
  // The sum grows with the factor, and reaches the goal at one of them.
  let [low, high] = [0, 1];
  const at = (factor: number) => sum(wants.map((want, i) => clamp(factor * want, i)));
  while (at(high) < goal && Number.isFinite(high)) {
    high *= 2;
  }
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    [low, high] = at(middle) < goal ? [middle, high] : [low, middle];
  }
  const shares = wants.map((want, i) => clamp(high * want, i));
  const whole = shares.map((share) => Math.floor(share + 1e-9));
  // The units lost to rounding go to the largest remainders; on ties, to the first.
  const order = [...shares.keys()].sort((a, b) => shares[b] - whole[b] - (shares[a] - whole[a]) || a - b);
  let left = goal - sum(whole);
  for (const i of [...order, ...order]) {
    if (left > 0 && whole[i] < most[i]) {
      whole[i]++;
      left--;
    }
  }
  return whole;
}
