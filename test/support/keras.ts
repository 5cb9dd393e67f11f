import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';

const root = join(__dirname, '..', '..');
const interpreter = join(root, '.venv-keras', 'bin', 'python');

/** Whether scripts/keras.sh was run. */
export const hasKeras = existsSync(join(root, '.venv-keras', 'made'));

/** `describe` where Keras is installed; elsewhere one that skips its tests and says so in its name. */
export const describeWithKeras = hasKeras
  ? describe
  : (((name: string, tests: () => void) =>
      describe.skip(`${name} (without Keras; scripts/keras.sh installs it)`, tests)) as typeof describe);

/** Runs a Python script of this repository; gives what it prints. @throws if it fails, with what it said. */
export async function python(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = {env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '0', ...env}};
  const {stdout} = await promisify(execFile)(interpreter, [join(root, script), ...args], options);
  return stdout;
}
