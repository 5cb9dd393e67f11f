import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** The Python scripts of this folder that answer requests, with the environments they run in and the packages these need. */
const scripts = {
  tfmot: {
    file: 'tfmotPeer.py',
    venv: '.venv-keras',
    requires: 'tensorflow-model-optimization',
    by: 'keras.sh',
  },
  torch: {file: 'torchPeer.py', venv: '.venv-torch', requires: 'torch-pruning', by: 'torch.sh'},
};

export type PeerName = keyof typeof scripts;

/** The missing requirement of a peer and its remedy; undefined if it is installed. @param root The folder of the repository. */
export function withoutPeer(root: string, name: PeerName): string | undefined {
  const {venv, requires, by} = scripts[name];
  const made = join(root, venv, 'made');
  const isThere = existsSync(made) && readFileSync(made, 'utf8').includes(requires);
  return isThere ? undefined : `${requires}; scripts/${by} installs it`;
}

/** A Python process that answers requests one after the other. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #log = '';

  constructor(root: string, name: PeerName) {
    const {file, venv} = scripts[name];
    const quiet = {TF_CPP_MIN_LOG_LEVEL: '2'};
    this.#child = spawn(join(root, venv, 'bin/python'), [join(root, 'bench/peers', file)], {
      env: {...process.env, ...quiet},
    });
    this.#child.stderr.on('data', (text) => {
      this.#log = `${this.#log}${text}`.slice(-4000);
    });
    this.#answers = createInterface({input: this.#child.stdout})[Symbol.asyncIterator]();
  }

  /** @throws if the process ends instead, with the end of its log. */
  async ask<Answer>(kind: string, request: object = {}): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify({kind, ...request})}\n`);
    const {value, done} = await this.#answers.next();
    if (done) throw new Error(`${this.#child.spawnargs[1]}: it ended at the request ${kind}\n${this.#log}`);
    return JSON.parse(value);
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }
}
