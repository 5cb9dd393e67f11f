// Predicts on a page and in a module worker.
import {predictions} from './predict.js';

const ask = (worker, message) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => resolve(data);
    worker.onerror = ({message: reason}) => reject(new Error(`worker: ${reason}`));
    worker.postMessage(message);
  });

globalThis.run = async (withWorker = true) => {
  const file = new URL('/network.tfsp', location.href).href;
  const input = await (await fetch('/input.json')).json();
  const main = await predictions(file, input);
  if (!withWorker) return {main};
  const worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});
  return {main, worker: await ask(worker, {file, input})};
};
