export {decodeArtifacts} from './read/decodeArtifacts';
export {loader as sparseFile} from './read/loader';
