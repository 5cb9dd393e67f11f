export {costs} from './costs';
export {install} from './dispatch';
export {explain, lastRun, type Use} from './explain';
export {markWeight} from './markWeight';
export {unsupportedReason} from './support';
