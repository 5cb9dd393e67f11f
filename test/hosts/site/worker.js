import {predict} from './predict.js';

self.onmessage = async ({data: {file, input}}) => postMessage(await predict(file, input));
