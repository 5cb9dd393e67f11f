import {Bench, type Task} from 'tinybench';

/** A result of the bench. It is a ratio, as times depend on the machine more than on the code. */
export interface Figure {
  /** The numerator and the denominator; stable between versions. */
  name: string;
  ratio: number;
  /** The goal of the project. */
  goal: string;
}

/**
 * The time of `a` over that of `b`: the median over rounds in which both run once, in alternating order, so that other load
 * affects both.
 *
 * @param prepare What is run before each of them, outside of their time.
 */
export async function ratio(
  a: () => unknown,
  b: () => unknown,
  rounds: number,
  prepare: {a?: () => void; b?: () => void} = {},
): Promise<number> {
  const ratios = [];
  prepare.a?.();
  await a();
  prepare.b?.();
  await b();
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({iterations: 1, time: 0, warmup: false, throws: true});
    const tasks = {a, b};
    for (const name of round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      // Explicit, as tinybench otherwise detects it by a call that it does not await.
      bench.add(name, tasks[name], {async: true, beforeEach: prepare[name]});
    }
    await bench.run();
    ratios.push(meanOf(bench.getTask('a')) / meanOf(bench.getTask('b')));
  }
  return median(ratios);
}

/** The median time of a task in milliseconds. */
export async function time(task: () => unknown, rounds: number): Promise<number> {
  const bench = new Bench({iterations: rounds, time: 0, warmupIterations: 2, warmupTime: 0, throws: true});
  await bench.add('task', task).run();
  const result = bench.getTask('task')?.result;
  return result !== undefined && 'latency' in result ? result.latency.p50 : Number.NaN;
}

function meanOf(task: Task | undefined): number {
  const result = task?.result;
  return result !== undefined && 'latency' in result ? result.latency.mean : Number.NaN;
}

/** The median of values. */
export function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
