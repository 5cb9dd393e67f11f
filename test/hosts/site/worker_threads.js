import {parentPort} from 'node:worker_threads';
import {predictions} from './predict.js';

parentPort.once('message', async ({file, input}) => parentPort.postMessage(await predictions(file, input)));
