// The worker: answers the calls of the page in turn.
import {ownCalls} from '../own/worker/calls';
import {type Calls, type Event, type Events, type Reply, type Request, waits} from '../protocol';
import {Mnist} from './digits';
import {outputCalls} from './outputs';
import type {Parts} from './parts';
import {questionCalls} from './questions';
import {Traces} from './recipe';
import {Session} from './session';
import {Stage} from './stage';
import {Turns} from './turns';

/** The global of a worker; the DOM types describe a window. */
declare const self: {
  onmessage: (message: MessageEvent<Request>) => void;
  postMessage(message: Reply | Event, transfer: Transferable[]): void;
};

function tell<Name extends keyof Events>(event: Name, value: Events[Name]): void {
  self.postMessage({event, value} as Event, buffersIn(value));
}

const turns = new Turns();
const traces = new Traces();
const parts: Parts = {tell, turns, traces, mnist: new Mnist(), stage: new Stage(tell, traces)};
const calls: Calls = Object.assign(
  new Session(parts),
  questionCalls(parts),
  outputCalls(parts),
  ownCalls(tell, turns),
);

/** Runs a call with the waiting rule of the protocol. */
const inTurn: Record<(typeof waits)[keyof Calls], (act: () => Promise<unknown>) => Promise<unknown>> = {
  forCommands: (act) => turns.command(act),
  forNetwork: (act) => turns.question(act),
  forNothing: (act) => act(),
};

self.onmessage = async ({data: {id, call, args}}) => {
  try {
    const act = calls[call] as (...args: unknown[]) => Promise<unknown>;
    const result = await inTurn[waits[call]](() => act.apply(calls, args));
    self.postMessage({id, result}, buffersIn(result));
  } catch (error) {
    self.postMessage({id, error: error instanceof Error ? error.message : String(error)}, []);
  }
};

/** The buffers in a message, which are transferred, not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (value instanceof ArrayBuffer) return [value];
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}
