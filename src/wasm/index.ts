export {enableTraining} from './enableTraining';
