import {
  type BackendValues,
  type DataType,
  findBackendFactory,
  KernelBackend,
  registerBackend,
} from '@tensorflow/tfjs-core';

/** Holds tensors without computing anything, which is enough to load a model. */
class HostBackend extends KernelBackend {
  readonly #held = new Map<object, {values: BackendValues; count: number}>();

  override write(values: BackendValues, _shape: number[], _dtype: DataType): object {
    const dataId = {};
    this.#held.set(dataId, {values, count: 1});
    return dataId;
  }

  override move(dataId: object, values: BackendValues, _: number[], __: DataType, count: number): void {
    this.#held.set(dataId, {values, count});
  }

  override incRef(dataId: object): void {
    const held = this.#held.get(dataId);
    if (held !== undefined) {
      held.count++;
    }
  }

  override refCount(dataId: object): number {
    return this.#held.get(dataId)?.count ?? 0;
  }

  override disposeData(dataId: object, force = false): boolean {
    const held = this.#held.get(dataId);
    if (held !== undefined && --held.count > 0 && !force) {
      return false;
    }
    this.#held.delete(dataId);
    return true;
  }

  override readSync(dataId: object): BackendValues {
    return this.#held.get(dataId)?.values as BackendValues;
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override numDataIds(): number {
    return this.#held.size;
  }

  override memory(): {unreliable: boolean} {
    return {unreliable: false};
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override dispose(): void {
    this.#held.clear();
  }
}

/** Registers it for processes without another backend. */
export function registerHostBackend(): void {
  if (findBackendFactory('host') == null) {
    registerBackend('host', () => new HostBackend(), 0);
  }
}
