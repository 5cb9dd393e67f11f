export {decodeArtifacts} from './decodeArtifacts';
export {encodeArtifacts} from './encodeArtifacts';
export {type ArtifactsReport, type ArtifactsTotals, reportArtifacts} from './reportArtifacts';
export {sparseFile} from './sparseFile';
