import {type DataId, type DataType, getKernel, type TensorInfo} from '@tensorflow/tfjs-core';

/** The part of the backend object of @tensorflow/tfjs-backend-wasm that the kernels use. */
export interface WasmBackend {
  wasm: {
    HEAPU8: Uint8Array;
    /** Set in the threaded build. */
    wasmMemory?: WebAssembly.Memory;
    /** Holds the memory in the other builds. */
    asm: {memory: WebAssembly.Memory};
    _malloc(bytes: number): number;
    _free(address: number): void;
    tfjs: {
      /** 1 in the builds without threads. */
      getThreadsCount(): number;
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
  dataIdMap: {get(dataId: DataId): {id: number; memoryOffset: number}};
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array | Int32Array | Uint8Array;
  incRef(dataId: DataId): void;
  disposeData(dataId: DataId, force?: boolean): boolean;
  dispose(): void;
}

/** A kernel of the WASM backend with the inputs named in `Inputs` and the attributes `Attrs`. */
export type Kernel<Inputs = Record<string, TensorInfo>, Attrs = object, Output = TensorInfo> = (args: {
  inputs: Record<keyof Inputs, TensorInfo>;
  attrs: Attrs;
  backend: WasmBackend;
}) => Output;

/** Runs a kernel of the WASM backend by name. */
export type Run = (name: string, inputs: Record<string, TensorInfo>, attrs: object) => TensorInfo;

/**
 * A `tidy` for kernels: frees all outputs of `run` and all tensors passed to `track`, except the one that `body` returns.
 */
export function compose(
  backend: WasmBackend,
  body: (run: Run, track: (info: TensorInfo) => TensorInfo) => TensorInfo,
): TensorInfo {
  const made: TensorInfo[] = [];
  let result: TensorInfo | undefined;
  const track = (info: TensorInfo) => {
    made.push(info);
    return info;
  };
  const run: Run = (name, inputs, attrs) =>
    track((getKernel(name, 'wasm').kernelFunc as Kernel)({inputs, attrs, backend}));
  try {
    result = body(run, track);
    return result;
  } finally {
    for (const {dataId} of made) {
      if (dataId !== result?.dataId) backend.disposeData(dataId);
    }
  }
}
