export {costs} from './costs';
export {install} from './dispatch';
export {explain, type Use, usesOf} from './explain';
export {markWeight} from './markWeight';
export {isRecurrentActivation, type Recurrence, runRecurrence} from './recurrent';
export {unsupportedReason} from './support';
