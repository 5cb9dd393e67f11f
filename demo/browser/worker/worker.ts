// The worker: it answers the page's calls one by one, and lets a run go on between them.
import type {Calls, Event, Events, Reply, Request} from '../protocol';
import {Session} from './session';

/** What a worker's global is; the DOM's types describe a window. */
const scope = self as unknown as {
  onmessage: (message: MessageEvent<Request>) => void;
  postMessage(message: Reply | Event, transfer: Transferable[]): void;
};

function tell<Name extends keyof Events>(event: Name, value: Events[Name]): void {
  scope.postMessage({event, value} as Event, buffersIn(value));
}

const calls: Calls = new Session(tell);

scope.onmessage = async ({data: {id, call, args}}) => {
  try {
    const result = await (calls[call] as (...args: unknown[]) => Promise<unknown>).apply(calls, args);
    scope.postMessage({id, result}, buffersIn(result));
  } catch (error) {
    scope.postMessage({id, error: error instanceof Error ? error.message : String(error)}, []);
  }
};

/** The buffers in a message: they are handed over, not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (value instanceof ArrayBuffer) return [value];
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}
