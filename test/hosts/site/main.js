// Predicts in the main thread and in a worker of Node, Deno and Bun.
import {readFile} from 'node:fs/promises';
import {Worker} from 'node:worker_threads';
import {predictions} from './predict.js';

const file = await readFile(new URL('network.tfsp', import.meta.url));
const input = JSON.parse(await readFile(new URL('input.json', import.meta.url), 'utf8'));
const worker = new Worker(new URL('worker_threads.js', import.meta.url));
const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
worker.postMessage({file, input});
console.log(JSON.stringify({main: await predictions(file, input), worker: await answer}));
await worker.terminate();
