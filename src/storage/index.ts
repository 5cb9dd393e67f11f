/**
 * Saved models, without loading them into tfjs.
 *
 * @module tfjs-pruning/storage
 */

export {decodeArtifacts} from './decodeArtifacts';
export {encodeArtifacts} from './encodeArtifacts';
export {fromKeras3} from './fromKeras3';
export {type ArtifactsReport, type ArtifactsTotals, reportArtifacts} from './reportArtifacts';
export {sparseFile} from './sparseFile';
