import {hasTfjsNode} from '../../demo/node/tfjsNode';

export {hasTfjsNode, loadTfjsNode, type TfjsNode} from '../../demo/node/tfjsNode';

/** `it` where tfjs-node is installed; elsewhere one that skips the test and says so in its name. */
export const itOnNode = hasTfjsNode()
  ? it
  : (((name: string) =>
      it.skip(`${name} (without tfjs-node; scripts/tfjs-node.sh installs it)`, () => {})) as typeof it);
