import type {WasmBackend} from '../backend';
import type {Calls} from './calls';
import type {Team} from './Team';

/** Those of backends with threads; undefined until they are made. */
const teams = new WeakMap<WasmBackend, {team?: Team}>();

/**
 * How many threads share products on a backend. The first call for a backend with threads starts its workers; until they
 * run it is 1, as it is where they cannot start.
 */
export function threadsOf(backend: WasmBackend): number {
  const known = teams.get(backend);
  if (known === undefined) start(backend);
  return known?.team?.threads ?? 1;
}

function start(backend: WasmBackend): void {
  const made: {team?: Team} = {};
  teams.set(backend, made);
  const {wasmMemory, tfjs} = backend.wasm;
  if (wasmMemory === undefined || tfjs.getThreadsCount() < 2 || typeof Worker !== 'function') return;
  import('./Team')
    .then(({Team}) => {
      // The backend may be gone meanwhile.
      if (backend.wasm) made.team = new Team(backend);
    })
    .catch(() => {});
}

/**
 * Makes calls on all threads, if there are several.
 *
 * @returns whether the calls are made; 'stuck' if workers do not come to an end, and may still write into the outputs.
 */
export function share(backend: WasmBackend, calls: Calls): boolean | 'stuck' {
  const team = teams.get(backend)?.team;
  if (!team?.takes()) return false;
  return team.run(calls) || 'stuck';
}
