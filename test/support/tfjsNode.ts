import {hasTfjsNode} from '../../demo/node/tfjsNode';

export {hasTfjsNode, loadTfjsNode, type TfjsNode} from '../../demo/node/tfjsNode';

/** What a machine without tfjs-node is without, for `describeWith`. */
export function withoutTfjsNode(): string | undefined {
  return hasTfjsNode() ? undefined : 'tfjs-node; scripts/tfjs-node.sh installs it';
}

/** `it` where tfjs-node is installed; elsewhere one that skips the test and says so in its name. */
export const itOnNode = hasTfjsNode()
  ? it
  : (((name: string) => it.skip(`${name} (without ${withoutTfjsNode()})`, () => {})) as typeof it);
