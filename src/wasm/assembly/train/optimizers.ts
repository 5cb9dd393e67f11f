// The steps of the optimizers of tfjs, each in one pass, with the same operations in the same order for identical bits. Four
// numbers at a time; lanes beyond the end read the memory after the tensor and are not stored.

/** Slots below this become 0: smaller products are denormal, which take ten times as long. */
const LEAST: f32 = 1e-36;

/** weight' = rate * gradient + weight. */
export function sgd(gradient: usize, weight: usize, newWeight: usize, rate: usize, size: i32): void {
  const RATE = v128.load32_splat(rate);
  for (let i: usize = 0, end = <usize>size << 2; i < end; i += 16) {
    put(newWeight + i, f32x4.add(f32x4.mul(RATE, v128.load(gradient + i)), v128.load(weight + i)), end - i);
  }
}

/** sum' = momentum * sum + gradient; weight' = rate * sum' + weight, with Nesterov rate * (gradient + sum' * momentum). */
export function momentum(
  gradient: usize, sum: usize, weight: usize, newSum: usize, newWeight: usize,
  rate: usize, factor: usize, size: i32, nesterov: i32,
): void {
  const RATE = v128.load32_splat(rate), FACTOR = v128.load32_splat(factor);
  for (let i: usize = 0, end = <usize>size << 2; i < end; i += 16) {
    const g = v128.load(gradient + i);
    const s = flushed(f32x4.add(f32x4.mul(FACTOR, v128.load(sum + i)), g));
    const step = nesterov ? f32x4.add(g, f32x4.mul(s, FACTOR)) : s;
    put(newSum + i, s, end - i);
    put(newWeight + i, f32x4.add(f32x4.mul(RATE, step), v128.load(weight + i)), end - i);
  }
}

/** sum' = sum + gradient²; weight' = gradient / √(sum' + epsilon) * -rate + weight. */
export function adagrad(
  gradient: usize, sum: usize, weight: usize, newSum: usize, newWeight: usize,
  size: i32, rate: f32, epsilon: f32,
): void {
  const RATE = f32x4.splat(-rate), EPSILON = f32x4.splat(epsilon);
  for (let i: usize = 0, end = <usize>size << 2; i < end; i += 16) {
    const g = v128.load(gradient + i);
    const s = f32x4.add(v128.load(sum + i), f32x4.mul(g, g));
    put(newSum + i, s, end - i);
    const step = f32x4.mul(f32x4.div(g, f32x4.sqrt(f32x4.add(s, EPSILON))), RATE);
    put(newWeight + i, f32x4.add(step, v128.load(weight + i)), end - i);
  }
}

/**
 * square' = square * decay + gradient² * (1 - decay);
 * moment' = moment * momentum + gradient * rate / √(square' + epsilon); weight' = weight - moment'.
 */
export function rmsprop(
  gradient: usize, square: usize, moment: usize, weight: usize, newSquare: usize, newMoment: usize, newWeight: usize,
  size: i32, rate: f32, decay: f32, rest: f32, factor: f32, epsilon: f32,
): void {
  const RATE = f32x4.splat(rate), DECAY = f32x4.splat(decay), REST = f32x4.splat(rest);
  const FACTOR = f32x4.splat(factor), EPSILON = f32x4.splat(epsilon);
  for (let i: usize = 0, end = <usize>size << 2; i < end; i += 16) {
    const g = v128.load(gradient + i);
    const s = flushed(f32x4.add(f32x4.mul(v128.load(square + i), DECAY), f32x4.mul(f32x4.mul(g, g), REST)));
    const step = f32x4.div(f32x4.mul(g, RATE), f32x4.sqrt(f32x4.add(s, EPSILON)));
    const m = flushed(f32x4.add(f32x4.mul(v128.load(moment + i), FACTOR), step));
    put(newSquare + i, s, end - i);
    put(newMoment + i, m, end - i);
    put(newWeight + i, f32x4.sub(v128.load(weight + i), m), end - i);
  }
}

/**
 * first' = first * beta1 + gradient * (1 - beta1); second' = second * beta2 + gradient² * (1 - beta2);
 * weight' = first' / (1 - power1) / (√(second' / (1 - power2)) + epsilon) * -rate + weight.
 */
export function adam(
  gradient: usize, first: usize, second: usize, weight: usize, newFirst: usize, newSecond: usize, newWeight: usize,
  power1: usize, power2: usize, size: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32,
): void {
  const BETA1 = f32x4.splat(beta1), REST1 = f32x4.splat(rest1), BETA2 = f32x4.splat(beta2), REST2 = f32x4.splat(rest2);
  const correction1: f32 = 1.0 - load<f32>(power1), correction2: f32 = 1.0 - load<f32>(power2);
  const CORRECTION1 = f32x4.splat(correction1), CORRECTION2 = f32x4.splat(correction2);
  // After some hundred steps they are 1. Divisions take most of the time of a step.
  const corrects1 = correction1 !== 1, corrects2 = correction2 !== 1;
  const RATE = f32x4.splat(-rate), EPSILON = f32x4.splat(epsilon);
  const end = <usize>size << 2;
  let i: usize = 0;
  // Apart from the rest, as branches for lanes beyond the end make the loop take a third longer.
  for (; i + 16 <= end; i += 16) {
    adam4(
      gradient + i, first + i, second + i, weight + i, newFirst + i, newSecond + i, newWeight + i,
      BETA1, REST1, BETA2, REST2, CORRECTION1, CORRECTION2, RATE, EPSILON, corrects1, corrects2, 16,
    );
  }
  if (i < end) {
    adam4(
      gradient + i, first + i, second + i, weight + i, newFirst + i, newSecond + i, newWeight + i,
      BETA1, REST1, BETA2, REST2, CORRECTION1, CORRECTION2, RATE, EPSILON, corrects1, corrects2, end - i,
    );
  }
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function adam4(
  gradient: usize, first: usize, second: usize, weight: usize, newFirst: usize, newSecond: usize, newWeight: usize,
  beta1: v128, rest1: v128, beta2: v128, rest2: v128, correction1: v128, correction2: v128, rate: v128, epsilon: v128,
  corrects1: bool, corrects2: bool, left: usize,
): void {
  const g = v128.load(gradient);
  const m = flushed(f32x4.add(f32x4.mul(v128.load(first), beta1), f32x4.mul(g, rest1)));
  const v = flushed(f32x4.add(f32x4.mul(v128.load(second), beta2), f32x4.mul(f32x4.mul(g, g), rest2)));
  put(newFirst, m, left);
  put(newSecond, v, left);
  const root = f32x4.add(f32x4.sqrt(corrects2 ? f32x4.div(v, correction2) : v), epsilon);
  const step = f32x4.mul(f32x4.div(corrects1 ? f32x4.div(m, correction1) : m, root), rate);
  put(newWeight, f32x4.add(step, v128.load(weight)), left);
}

/** Replaces numbers closer to 0 than LEAST by 0 of the same sign; keeps NaN. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function flushed(x: v128): v128 {
  const magnitude = i32x4.splat(0x7fffffff);
  return v128.andnot(x, v128.and(f32x4.lt(v128.and(x, magnitude), f32x4.splat(LEAST)), magnitude));
}

/** Stores four numbers, or only those in the first `left` bytes. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function put(to: usize, x: v128, left: usize): void {
  if (left >= 16) v128.store(to, x);
  else putFew(to, x, left);
}

function putFew(to: usize, x: v128, left: usize): void {
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (left > 4) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (left > 8) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}
