import {hasTfjsNode} from '../../demo/node/tfjsNode';

export {hasTfjsNode, loadTfjsNode, type TfjsNode} from '../../demo/node/tfjsNode';

/** The missing requirement, for `describeWith`; undefined if tfjs-node is installed. */
export function withoutTfjsNode(): string | undefined {
  return hasTfjsNode() ? undefined : 'tfjs-node; scripts/tfjs-node.sh installs it';
}

/** `it` if tfjs-node is installed; otherwise a function that skips the test and names the reason. */
export const itOnNode = hasTfjsNode()
  ? it
  : (((name: string) => it.skip(`${name} (without ${withoutTfjsNode()})`, () => {})) as typeof it);
