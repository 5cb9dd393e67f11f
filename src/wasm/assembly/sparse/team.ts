import {depthwise} from './channels';
import {convolve} from './convolve';
import {multiply} from './multiply';

/*
 * Threads share a product as a job of some calls, each for a band of rows of one image. The words of a team, those that are
 * written at different times on different cache lines: the number of the job, how many workers sleep, how many are ready,
 * whether they are to end; how many calls are unclaimed; how many the workers have made; then the job. src/wasm/sparse/Team.ts
 * writes it.
 */
const JOB = 0, ASLEEP = 4, READY = 8, END = 12, LEFT = 64, DONE = 128, CALLS = 192;

/** Begins a job that is written down. */
export function post(team: usize, calls: i32): void {
  // The binary for plain memory has no atomic instructions.
  if (ASC_FEATURE_THREADS) {
    atomic.store<i32>(team, 0, DONE);
    atomic.store<i32>(team, calls, LEFT);
    atomic.add<i32>(team, 1, JOB);
    if (atomic.load<i32>(team, ASLEEP) > 0) atomic.notify(team, -1);
  }
}

/**
 * Makes calls that nobody has claimed. They are claimed by counting down, so that a thread that comes late to a job claims
 * none of the next before its calls are written.
 *
 * @param worker 0 for the thread that began the job.
 * @returns how many it made.
 */
export function help(team: usize, worker: i32): i32 {
  let count = 0;
  if (ASC_FEATURE_THREADS) {
    for (let left: i32; (left = atomic.sub<i32>(team, 1, LEFT)) > 0; count++) {
      call(team + CALLS, left - 1, worker);
      if (worker > 0) atomic.add<i32>(team, 1, DONE);
    }
  }
  return count;
}

/** Waits until the workers have made a number of calls, or for a while. Returns whether they have. */
export function settled(team: usize, calls: i32, spins: i32): bool {
  if (ASC_FEATURE_THREADS) {
    for (; spins > 0; spins--) if (atomic.load<i32>(team, DONE) === calls) return true;
  }
  return false;
}

/**
 * The life of a worker.
 *
 * @param spins How often it looks for the next job before it sleeps.
 */
export function follow(team: usize, worker: i32, spins: i32): void {
  if (ASC_FEATURE_THREADS) {
    let job = atomic.load<i32>(team, JOB);
    atomic.add<i32>(team, 1, READY);
    while (!atomic.load<i32>(team, END)) {
      for (let i = spins; i > 0 && atomic.load<i32>(team, JOB) === job; i--) {}
      if (atomic.load<i32>(team, JOB) === job) {
        atomic.add<i32>(team, 1, ASLEEP);
        atomic.wait<i32>(team, job, -1);
        atomic.sub<i32>(team, 1, ASLEEP);
      }
      job = atomic.load<i32>(team, JOB);
      help(team, worker);
    }
  }
}

/**
 * @param job The rows of a band and the bands of an image; the bytes from an image to the next, and from its outputs to the
 *   next; where the scratch of the workers is, and the bytes of each; then the arguments of `product` for the first image.
 */
function call(job: usize, index: i32, worker: i32): void {
  const rows = load<i32>(job), bands = load<i32>(job, 4);
  const image = <usize>(index / bands), top = index % bands * rows;
  const args = job + 24;
  const rowStep = load<i32>(args, 16), outWidth = load<i32>(args, 76), depth = load<i32>(args, 80);
  const x = load<usize>(args) + load<usize>(job, 8) * image;
  const y = load<usize>(args, 68) + load<usize>(job, 12) * image + (<usize>(top * outWidth * depth) << 2);
  const padTop = load<i32>(args, 24) - top * rowStep, tall = min(rows, load<i32>(args, 72) - top);
  const scratch = worker > 0 ? load<usize>(job, 16) + load<usize>(job, 20) * (worker - 1) : load<usize>(args, 92);
  product(
    x, load<i32>(args, 4), load<i32>(args, 8), load<i32>(args, 12),
    rowStep, load<i32>(args, 20), padTop, load<i32>(args, 28), load<i32>(args, 32), load<i32>(args, 36), load<u32>(args, 40),
    load<usize>(args, 44), load<i32>(args, 48), load<i32>(args, 52), load<usize>(args, 56), load<f32>(args, 60), load<f32>(args, 64),
    y, tall, outWidth, depth, load<i32>(args, 84), load<usize>(args, 88), scratch,
  );
}

/**
 * A convolution by the nonzeros of its kernel. Where there are no groups it is depthwise; where bands have no height it is a
 * product of `height` pixels, of which each row of outputs is a tile.
 */
export function product(
  x: usize, height: i32, width: i32, channels: i32,
  rowStep: i32, columnStep: i32, padTop: i32, padLeft: i32, lastRow: i32, lastColumn: i32, taken: u32,
  nonzeros: usize, groups: i32, size: i32, bias: usize, low: f32, high: f32,
  y: usize, outHeight: i32, outWidth: i32, depth: i32,
  bandHeight: i32, plane: usize, scratch: usize,
): void {
  if (groups === 0) depthwise(
    x, height, width, channels, rowStep, columnStep, padTop, padLeft, lastRow, lastColumn,
    nonzeros, bias, low, high, y, outHeight, outWidth, depth, bandHeight, scratch,
  );
  else if (bandHeight === 0) {
    const first = -padTop;
    multiply(
      x + (<usize>(first * channels) << 2), min(outHeight * outWidth, height - first), channels,
      nonzeros, groups, size, bias, low, high, y, depth, scratch,
    );
  } else convolve(
    x, height, width, channels, rowStep, columnStep, padTop, padLeft, lastRow, lastColumn, taken,
    nonzeros, groups, size, bias, low, high, y, outHeight, outWidth, depth, bandHeight, plane, scratch,
  );
}
