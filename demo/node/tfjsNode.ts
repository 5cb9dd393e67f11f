import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import util from 'node:util';
import type {Tensor} from '@tensorflow/tfjs';

/** What is used of @tensorflow/tfjs-node, whose types are not at hand where it is not installed. */
export interface TfjsNode {
  readonly Tensor: typeof Tensor;
  readonly node: {
    summaryFileWriter(folder: string): {
      scalar(name: string, value: number, step: number): void;
      flush(): void;
    };
  };
}

const NAME = '@tensorflow/tfjs-node';
const require = createRequire(import.meta.url);

/** Where @tensorflow/tfjs-node is, if it is installed. */
function place(): string | undefined {
  try {
    return join(dirname(require.resolve(NAME)), '..');
  } catch {
    return undefined;
  }
}

/** Whether @tensorflow/tfjs-node is installed, and with its addon, which is in `lib`. */
export function hasTfjsNode(): boolean {
  const folder = place();
  return folder !== undefined && existsSync(join(folder, 'lib'));
}

/**
 * Loads @tensorflow/tfjs-node, which gives the tfjs that is there the backend `tensorflow`.
 *
 * @throws if it is not installed, or its addon is missing or broken; the message says what to do.
 */
export function loadTfjsNode(): TfjsNode {
  // Otherwise it tells of its instruction sets at each start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  mendUtil(util);
  try {
    return require(NAME);
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    const what = place() ? `does not load: ${why}` : 'is not installed';
    throw new Error(`${NAME} ${what}; scripts/tfjs-node.sh installs and builds it`);
  }
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 and later do not have. */
export function mendUtil(module: {isNullOrUndefined?: (value: unknown) => boolean}): void {
  module.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
