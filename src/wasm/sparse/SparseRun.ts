import {
  type DataId,
  dispose,
  engine,
  type KernelBackend,
  keep,
  type Tensor,
  tensor,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import {isSupported} from '../sideModule';
import {binary} from './binary';
import type {Form} from './form';
import {countBlocks, nonzeros} from './nonzeros';
import {type Plan, plan} from './plan';
import {runSparseProduct} from './sparseProduct';
import {outputsOf, type Window} from './window';

/** The nonzeros of a kernel as they are kept on the backend. */
interface Listed {
  readonly form: Form;
  readonly tensor: Tensor;
  readonly groups: number;
  readonly taken: number;
}

/** Why the nonzeros cannot be used where tfjs computes now, or undefined where they can. */
export function unsupportedReason(): string | undefined {
  const {backendName} = engine();
  if (backendName !== 'wasm') return `the backend is ${backendName}`;
  const {wasm} = engine().backend as KernelBackend & WasmBackend;
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (memory === undefined) return 'the memory of the backend cannot be shared';
  simd ??= isSupported(binary);
  return simd ? undefined : 'WASM has no SIMD here';
}

let simd: boolean | undefined;

/** Multiplies by the nonzeros of a kernel, wherever that takes less time, and keeps them in step with it. */
export class SparseRun {
  readonly #window: Window;
  readonly #kernel: () => Tensor;
  #dataId: DataId | undefined;
  #backend: unknown;
  #blocks = new Map<number, number>();
  #listed = new Map<Form['loop'], Listed>();
  #zeros: Tensor | undefined;
  #plan: (Plan & {shape: number[]}) | undefined;

  /** @param kernel Reads it. */
  constructor(window: Window, kernel: () => Tensor) {
    this.#window = window;
    this.#kernel = kernel;
  }

  /** How inputs of a shape are computed. */
  plan(shape: number[]): Plan {
    this.#renew();
    if (this.#plan === undefined || !util.arraysEqual(this.#plan.shape, shape)) {
      const blocks = (size: number) => {
        const known = this.#blocks.get(size) ?? countBlocks(this.#values(), size);
        this.#blocks.set(size, known);
        return known;
      };
      this.#plan = {...plan(this.#window, shape, blocks), shape: [...shape]};
    }
    return this.#plan;
  }

  /** The plan of the last inputs. */
  get last(): Plan | undefined {
    return this.#plan;
  }

  /** clamp(x * kernel + bias) by a form that the plan for the shape of x has. */
  product(form: Form, x: Tensor, bias: Tensor | undefined, [low, high]: readonly [number, number]): Tensor {
    const {tensor, groups, taken} = this.#list(form);
    if (bias === undefined) this.#zeros ??= keep(zeros([outputsOf(this.#window)]));
    const inputs = {x, nonzeros: tensor, bias: bias ?? (this.#zeros as Tensor)};
    return runSparseProduct(inputs, {window: this.#window, form, groups, taken, low, high});
  }

  dispose(): void {
    // What was on a backend that was removed is gone with it.
    if ((this.#backend as Partial<WasmBackend> | undefined)?.wasm) {
      dispose([...this.#listed.values()].map(({tensor}) => tensor));
      dispose(this.#zeros);
    }
    this.#listed.clear();
    this.#zeros = undefined;
    this.#plan = undefined;
  }

  /**
   * Forgets what was listed of other values, as training or loading gives a kernel new ones, or on a backend that was
   * restarted since.
   */
  #renew(): void {
    const {dataId} = this.#kernel();
    const {backend} = engine();
    if (dataId === this.#dataId && backend === this.#backend) return;
    this.dispose();
    if (dataId !== this.#dataId) this.#blocks.clear();
    this.#dataId = dataId;
    this.#backend = backend;
  }

  #list(form: Form): Listed {
    const known = this.#listed.get(form.loop);
    if (known !== undefined && isSame(known.form, form)) return known;
    known?.tensor.dispose();
    const {words, groups, taken} = nonzeros(this.#values(), this.#window, form);
    const listed = {form, tensor: keep(tensor(words, [words.length], 'int32')), groups, taken};
    this.#listed.set(form.loop, listed);
    return listed;
  }

  /** On this backend a copy of memory, and no wait, unless another one still holds it. */
  #values(): Float32Array {
    return engine().readSync(this.#kernel().dataId) as Float32Array;
  }
}

function isSame(a: Form, b: Form): boolean {
  return a.size === b.size && a.plane === b.plane && a.pitch === b.pitch && a.bandHeight === b.bandHeight;
}
