import {predictions} from './predict.js';

self.onmessage = async ({data: {file, input}}) => postMessage(await predictions(file, input));
