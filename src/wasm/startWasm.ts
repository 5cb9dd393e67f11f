import {
  engine,
  env,
  findBackendFactory,
  matMul,
  ones,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';

const backendName = 'wasm';
/** As @tensorflow/tfjs-backend-wasm registers it. */
const PRIORITY = 2;
const THREADS = 'WASM_HAS_MULTITHREAD_SUPPORT';

export interface StartWasmOptions {
  /**
   * The module @tensorflow/tfjs-backend-wasm, as `import * as wasm` gives it, which `paths` are set on. It is given and not
   * imported, so that there is one copy of it.
   */
  wasm?: {setWasmPaths(paths: string | Record<string, string>): void};
  /**
   * Where its binaries are served: a folder that ends with a slash, or the URL of each by its name, as `setWasmPaths` takes
   * them. By default the browser looks beside the script.
   */
  paths?: string | Record<string, string>;
  /** Whether to start threads where the page is cross-origin isolated and the build lets them run; true by default. */
  threads?: boolean;
}

/**
 * Starts @tensorflow/tfjs-backend-wasm, makes it the backend, and checks that it computes.
 *
 * Bundlers that rename variables break its threaded build: on a cross-origin isolated page its workers fail, and
 * `tf.setBackend('wasm')` never settles. Where a worker fails, this function starts the backend again without threads. A
 * backend that runs already is kept.
 *
 * @returns whether it computes on several threads.
 * @throws if the backend is not imported, does not start, or computes wrongly, with the reason. The backend that was set before
 *   is set again.
 */
export async function startWasm({wasm, paths, threads = true}: StartWasmOptions = {}): Promise<boolean> {
  const factory = findBackendFactory(backendName);
  if (!factory) {
    throw new Error(
      "startWasm: the backend 'wasm' is not registered; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  if (paths !== undefined && wasm === undefined) {
    throw new Error(
      "startWasm: paths are set on the backend's module; give it too, as {wasm, paths} with " +
        "import * as wasm from '@tensorflow/tfjs-backend-wasm'",
    );
  }
  const {backendName: before} = engine();
  if (!(backendName in engine().registry)) {
    if (paths !== undefined) wasm?.setWasmPaths(paths);
    if (!threads) env().set(THREADS, false);
    const failure = await startAnyhow(factory);
    if (failure !== undefined) await fail(`did not start: ${failure}`, before);
  }
  await setBackend(backendName);
  if (!(await computes())) await fail('computes wrongly', before);
  return Boolean(await env().getAsync(THREADS));
}

type Factory = ReturnType<typeof findBackendFactory>;

/** Starts the backend, without threads if they fail; returns why it did not start, or undefined if it did. */
async function startAnyhow(factory: Factory): Promise<string | undefined> {
  if (!(await env().getAsync(THREADS))) return start(factory);
  const worker = failedWorker();
  // tfjs waits forever where a worker fails.
  const failure = await start(() => Promise.race([factory(), worker.failed]));
  if (failure === undefined) {
    worker.forget();
    return undefined;
  }
  // The other workers fail too, some of them later.
  env().set(THREADS, false);
  return start(factory);
}

/** Restarts the backend; returns the reason if that failed, else undefined. */
async function start(factory: Factory): Promise<string | undefined> {
  let reason: unknown;
  removeBackend(backendName);
  registerBackend(
    backendName,
    async () => {
      try {
        return await factory();
      } catch (error) {
        reason = error;
        throw error;
      }
    },
    PRIORITY,
  );
  if (await setBackend(backendName)) return undefined;
  return (reason as Partial<Error> | undefined)?.message ?? String(reason);
}

/**
 * A promise that is rejected when a worker of the backend fails, which it throws as an error of the page. Neither this error
 * nor the same of other workers is reported any further.
 */
function failedWorker() {
  let listener: (event: ErrorEvent) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    let message: string | undefined;
    listener = (event) => {
      // The backend throws the event that the worker sent.
      if (!(event.error instanceof ErrorEvent)) return;
      message ??= event.error.message;
      if (event.error.message !== message) return;
      event.preventDefault();
      reject(new Error(`a thread failed: ${message}`));
    };
  });
  // Node has no such events, and no threads.
  globalThis.addEventListener?.('error', listener);
  return {failed, forget: () => globalThis.removeEventListener?.('error', listener)};
}

/** Whether a product of matrices that are large enough for threads is right. */
async function computes(): Promise<boolean> {
  const SIDE = 64;
  const [a, b] = [ones([SIDE, SIDE]), ones([SIDE, SIDE])];
  const product = matMul(a, b);
  const values = await product.data();
  for (const tensor of [a, b, product]) tensor.dispose();
  return engine().backendName === backendName && values.every((value) => value === SIDE);
}

/** Sets the backend again that was set before, and throws. */
async function fail(problem: string, before: string | undefined): Promise<never> {
  const isOther = before && before !== backendName && (await setBackend(before));
  throw new Error(
    `startWasm: the backend 'wasm' ${problem}; ` +
      `${isOther ? `tfjs computes on ${before}` : 'no backend is set'}. ` +
      'See that its .wasm files are served where paths says',
  );
}
