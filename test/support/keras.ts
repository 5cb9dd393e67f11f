import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';

const root = join(__dirname, '..', '..');
const interpreter = join(root, '.venv-keras', 'bin', 'python');

/** The missing requirement, for `describeWith`; undefined if Keras is installed. */
export function withoutKeras(): string | undefined {
  return existsSync(join(root, '.venv-keras', 'made')) ? undefined : 'Keras; scripts/keras.sh installs it';
}

/** Runs a Python script of this repository and returns its output. @throws if it fails, with its error output. */
export async function python(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = {env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '0', ...env}};
  const {stdout} = await promisify(execFile)(interpreter, [join(root, script), ...args], options);
  return stdout;
}
