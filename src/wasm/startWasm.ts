import {engine, env, findBackendFactory, matMul, ones, setBackend} from '@tensorflow/tfjs-core';
import {assertFlag, assertOptions, isRecord, wrong} from '../util/options';
import {backendName, startWithFallback, THREADS} from './startWithFallback';

/** Options for `startWasm`. */
export interface StartWasmOptions {
  /**
   * The module of the WASM backend, as imported by `import * as wasm`; required with `paths`, none by default. You
   * pass it so that only one copy is loaded.
   */
  wasm?: {setWasmPaths(paths: string | Record<string, string>): void};
  /**
   * The location of the backend's binaries, as in `setWasmPaths`: a folder that ends with a slash, or URLs by file name.
   * Default: the folder of the script.
   */
  paths?: string | Record<string, string>;
  /** Whether to use threads if the page is cross-origin isolated. Default: true. */
  threads?: boolean;
}

/**
 * Starts the backend of `@tensorflow/tfjs-backend-wasm`, sets it as the tfjs backend, and checks a result.
 *
 * Bundlers that rename variables break the threaded build: on a cross-origin isolated page its workers fail, and
 * `tf.setBackend('wasm')` never settles. If a worker fails, this function restarts the backend without threads. A backend
 * that already runs is kept.
 *
 * @returns whether the backend uses several threads.
 * @throws if the backend is not imported, does not start, or computes wrong results. The previous backend is set again.
 * @example const isThreaded = await startWasm();
 */
export async function startWasm(options: StartWasmOptions = {}): Promise<boolean> {
  const {paths, threads = true, wasm} = checked(options);
  const factory = findBackendFactory(backendName);
  if (!factory) {
    throw new Error(
      "startWasm: the backend 'wasm' is not registered; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  const {backendName: before} = engine();
  if (!(backendName in engine().registry)) {
    if (paths !== undefined) wasm?.setWasmPaths(paths);
    if (!threads) env().set(THREADS, false);
    const failure = await startWithFallback(factory);
    if (failure !== undefined) await fail(`did not start: ${failure}`, before);
  }
  await setBackend(backendName);
  if (!(await computes())) await fail('computes wrong results', before);
  return Boolean(await env().getAsync(THREADS));
}

/** Throws unless options are right. */
function checked(options: StartWasmOptions): StartWasmOptions {
  assertOptions('startWasm', options, ['wasm', 'paths', 'threads']);
  const {wasm, paths, threads = true} = options;
  assertFlag('startWasm', 'threads', threads);
  if (wasm !== undefined && typeof wasm?.setWasmPaths !== 'function') {
    throw wrong('startWasm', 'wasm', "the module '@tensorflow/tfjs-backend-wasm'", wasm);
  }
  const isText = (value: unknown) => typeof value === 'string';
  if (paths !== undefined && !isText(paths) && !(isRecord(paths) && Object.values(paths).every(isText))) {
    throw wrong('startWasm', 'paths', 'a folder or an object of URLs by file name', paths);
  }
  if (paths !== undefined && wasm === undefined) {
    throw new Error(
      "startWasm: paths require the backend's module; pass both, as {wasm, paths} with " +
        "import * as wasm from '@tensorflow/tfjs-backend-wasm'",
    );
  }
  return options;
}

/** Whether a matrix product large enough for threads is correct. */
async function computes(): Promise<boolean> {
  const SIDE = 64;
  const [a, b] = [ones([SIDE, SIDE]), ones([SIDE, SIDE])];
  const product = matMul(a, b);
  const values = await product.data();
  for (const tensor of [a, b, product]) tensor.dispose();
  return engine().backendName === backendName && values.every((value) => value === SIDE);
}

/** Sets the previous backend again, and throws. */
async function fail(problem: string, before: string | undefined): Promise<never> {
  const isOther = before && before !== backendName && (await setBackend(before));
  throw new Error(
    `startWasm: the backend 'wasm' ${problem}; ` +
      `${isOther ? `tfjs uses ${before} again` : 'no backend is set'}. ` +
      'Check that its .wasm files are served at paths',
  );
}
