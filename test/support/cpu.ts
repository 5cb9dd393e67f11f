import {env, scalar, setBackend} from '@tensorflow/tfjs';

// Tests run on the cpu backend unless they choose another. In Node it prints a banner with its first tensor, except with
// IS_TEST.
env().set('IS_TEST', true);
void setBackend('cpu');
scalar(0).dispose();
env().set('IS_TEST', false);
