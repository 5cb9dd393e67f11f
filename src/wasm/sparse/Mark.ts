import {type DataId, util} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import {costs} from './costs';
import type {Form} from './form';
import {allocate, free, type List, watch} from './lists';
import {countBlocks} from './nonzeros';
import {type Plan, plan} from './plan';
import {threadsOf} from './sharing';
import {asMatrix, isSame, outputShape, type Sizes, sizesOf, type Window} from './window';

/** How data was multiplied by inputs of a shape. */
export interface Run {
  /** As the op has them. */
  readonly window: Window;
  readonly shape: number[];
  /** As they are computed. */
  readonly inner: {readonly window: Window; readonly shape: readonly number[]};
  readonly sizes: Sizes;
  readonly outShape: number[];
  readonly plan: Plan;
  /** How many threads the plan is for. */
  readonly threads: number;
  /** Made when it is first used. */
  list?: List;
}

/** For how many shapes of inputs a plan is kept, and how many lists are kept. */
const RUNS = 16;
const LISTS = 4;

/** The data of kernels that may be multiplied by their nonzeros. Data never changes: an assignment brings new. */
const marks = new WeakMap<DataId, Mark>();

export const markOf = (dataId: DataId): Mark | undefined => marks.get(dataId);

/** Makes every product with this data, in any shape, one by its nonzeros where that is faster, for one more weight. */
export function markData(dataId: DataId): void {
  const mark = marks.get(dataId) ?? new Mark();
  mark.weights++;
  marks.set(dataId, mark);
}

/** Undoes one `markData`. Marked data may outlive its weight, as a tensor that was assigned to it. */
export function unmarkData(dataId: DataId): void {
  const mark = marks.get(dataId);
  if (mark === undefined || --mark.weights > 0) return;
  mark.leave();
  marks.delete(dataId);
}

/** The state of data that may be multiplied by its nonzeros. Lists are made when they are first used. */
export class Mark {
  /** How the data was last multiplied, or why not by its nonzeros. */
  last: Run | string | undefined;
  /** How many weights have the data. */
  weights = 0;
  readonly #blocks = new Map<number, number>();
  #runs: Run[] = [];
  #lists: List[] = [];
  #backend: WasmBackend | undefined;

  /**
   * The plan for inputs of a shape.
   *
   * @param values Reads the data.
   */
  run(backend: WasmBackend, values: () => Float32Array, window: Window, shape: number[]): Run {
    if (backend !== this.#backend) this.#move(backend);
    const threads = threadsOf(backend);
    const known = this.#runs.find(
      (run) => util.arraysEqual(run.shape, shape) && run.threads === threads && isSame(run.window, window),
    );
    if (known !== undefined) return known;
    const inner = asMatrix(window, shape);
    const run: Run = {
      window,
      shape: [...shape],
      inner,
      sizes: sizesOf(inner.window, inner.shape),
      outShape: outputShape(window, shape, sizesOf(window, shape)),
      plan: plan(inner.window, inner.shape, (size) => this.#count(values, size), costs(), threads),
      threads,
    };
    this.#runs = [run, ...this.#runs].slice(0, RUNS);
    return run;
  }

  /** The list for a run whose plan has a form. */
  list(backend: WasmBackend, values: () => Float32Array, run: Run, form: Form): List {
    if (run.list?.isFreed === false) return run.list;
    const {window} = run.inner;
    run.list = this.#lists.find((list) => isSame(list.form, form) && isSame(list.window, window));
    if (run.list !== undefined) return run.list;
    const list = allocate(backend, values(), window, form);
    run.list = list;
    this.#lists.unshift(list);
    for (const old of this.#lists.splice(LISTS)) free(backend, old);
    return list;
  }

  /** Frees the lists on the backend that the data left. */
  leave(): void {
    const backend = this.#backend;
    if (backend !== undefined) for (const list of this.#lists) free(backend, list);
    this.#lists = [];
    this.#runs = [];
    this.#backend = undefined;
  }

  #move(backend: WasmBackend): void {
    this.leave();
    this.#backend = backend;
    watch(backend, (dataId) => marks.get(dataId)?.leave());
  }

  #count(values: () => Float32Array, size: number): number {
    const known = this.#blocks.get(size) ?? countBlocks(values(), size);
    this.#blocks.set(size, known);
    return known;
  }
}
