import {
  env,
  type findBackendFactory,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';

export const backendName = 'wasm';
/** The flag of tfjs that is true if the backend may use threads. */
export const THREADS = 'WASM_HAS_MULTITHREAD_SUPPORT';
/** The priority with which @tensorflow/tfjs-backend-wasm registers itself. */
const PRIORITY = 2;

type Factory = ReturnType<typeof findBackendFactory>;

/** Starts the backend, without threads if they fail; returns the reason for a failure, or undefined. */
export async function startWithFallback(factory: Factory): Promise<string | undefined> {
  if (!(await env().getAsync(THREADS))) return start(factory);
  const worker = failedWorker();
  // If a worker fails, tfjs waits forever.
  const failure = await start(() => Promise.race([factory(), worker.failed]));
  if (failure === undefined) {
    worker.forget();
    return undefined;
  }
  // The other workers fail too, some of them later.
  env().set(THREADS, false);
  return start(factory);
}

/** Registers the backend again and sets it; returns the reason for a failure, or undefined. */
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
 * A promise that rejects when a worker of the backend fails. The backend throws this as an error of the page; the listener
 * suppresses it, also for the other workers.
 */
function failedWorker() {
  let listener: (event: ErrorEvent) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    let message: string | undefined;
    listener = (event) => {
      // The backend throws the error event of the worker itself.
      if (!(event.error instanceof ErrorEvent)) return;
      message ??= event.error.message;
      if (event.error.message !== message) return;
      event.preventDefault();
      reject(new Error(`a thread failed: ${message}`));
    };
  });
  // Node has neither these events nor threads.
  globalThis.addEventListener?.('error', listener);
  return {failed, forget: () => globalThis.removeEventListener?.('error', listener)};
}
