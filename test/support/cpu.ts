import {env, scalar, setBackend} from '@tensorflow/tfjs';

// Tests run on the cpu backend unless they choose another. In Node it greets every process with its first tensor,
// except in its own tests.
env().set('IS_TEST', true);
void setBackend('cpu');
scalar(0).dispose();
env().set('IS_TEST', false);
