import {type Calls, type Event, type Events, type Reply, waits} from './protocol';

type Listener<Name extends keyof Events> = (value: Events[Name]) => void;

/** The error of a call whose worker was ended before the answer; no need to show it. */
export class Ended extends Error {}

/** The page's side of the worker: calls with results, and events. */
export class Remote {
  readonly #worker = new Worker(new URL('./worker/worker.ts', import.meta.url), {type: 'module'});
  readonly #open = new Map<number, {resolve: (result: never) => void; reject: (error: Error) => void}>();
  readonly #commands: (keyof Calls)[] = [];
  readonly #onCommands: () => void;
  readonly #listeners = new Map<keyof Events, Listener<never>[]>();
  #id = 0;

  /** `onCommands` is called when a command starts or ends. */
  constructor(onBroken: (message: string) => void, onCommands: () => void) {
    this.#onCommands = onCommands;
    this.#worker.onmessage = ({data}: MessageEvent<Reply | Event>) => {
      if ('event' in data) {
        for (const listener of this.#listeners.get(data.event) ?? []) {
          listener(data.value as never);
        }
        return;
      }
      const call = this.#open.get(data.id);
      this.#open.delete(data.id);
      if ('error' in data) {
        call?.reject(new Error(data.error));
      } else {
        call?.resolve(data.result as never);
      }
    };
    this.#worker.onerror = ({message}) => onBroken(message || 'the code of the worker could not be loaded');
  }

  /** The commands that run or wait for their turn. */
  get commands(): readonly (keyof Calls)[] {
    return this.#commands;
  }

  call<Name extends keyof Calls>(name: Name, ...args: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    const id = this.#id++;
    const answer = new Promise((resolve, reject) => {
      this.#open.set(id, {resolve, reject});
      this.#worker.postMessage({id, call: name, args});
    });
    if (waits[name] === 'forCommands') {
      this.#commands.push(name);
      const ended = () => {
        this.#commands.splice(this.#commands.indexOf(name), 1);
        this.#onCommands();
      };
      answer.then(ended, ended);
      this.#onCommands();
    }
    return answer as ReturnType<Calls[Name]>;
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Name>): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  end(): void {
    this.#worker.terminate();
    for (const {reject} of this.#open.values()) reject(new Ended());
  }
}
