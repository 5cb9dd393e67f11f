/** Thrown where a node has no equivalent layer; the model is cut in front of the node. The message says why. */
export class Unsupported extends Error {}
