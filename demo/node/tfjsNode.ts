import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import util from 'node:util';
import type {Tensor} from '@tensorflow/tfjs';

/** The part of @tensorflow/tfjs-node in use; its own types are missing if it is not installed. */
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

/** The folder of @tensorflow/tfjs-node, if it is installed. */
function place(): string | undefined {
  try {
    return join(dirname(require.resolve(NAME)), '..');
  } catch {
    return undefined;
  }
}

/** Whether @tensorflow/tfjs-node is installed with its addon, which is in `lib`. */
export function hasTfjsNode(): boolean {
  const folder = place();
  return folder !== undefined && existsSync(join(folder, 'lib'));
}

/**
 * Loads @tensorflow/tfjs-node, which registers the backend `tensorflow`.
 *
 * @throws if it is not installed, or its addon is missing or broken; the message says how to install it.
 */
export function loadTfjsNode(): TfjsNode {
  // Otherwise it prints its instruction sets at each start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  mendUtil(util);
  try {
    return require(NAME);
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    const problem = place() ? `does not load: ${why}` : 'is not installed';
    throw new Error(`${NAME} ${problem}; scripts/tfjs-node.sh installs and builds it`);
  }
}

/** Restores `util.isNullOrUndefined`, which tfjs-node 4.22 calls and Node 23 removed. */
export function mendUtil(module: {isNullOrUndefined?: (value: unknown) => boolean}): void {
  module.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
