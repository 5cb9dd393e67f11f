import {parentPort} from 'node:worker_threads';
import {predict} from './predict.js';

parentPort.once('message', async ({file, input}) => parentPort.postMessage(await predict(file, input)));
