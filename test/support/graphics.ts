// Prints the reason if Chromium cannot run a backend, else nothing.
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {launch} from './chromium';

const [backend] = process.argv.slice(2);
// WebGPU requires a page from a server.
const server = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1');

async function main() {
  const browser = await launch('emulated');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const isThere = await page.evaluate(
    backend === 'webgpu'
      ? 'navigator.gpu?.requestAdapter().then((adapter) => adapter !== null)'
      : "document.createElement('canvas').getContext('webgl2') !== null",
  );
  if (!isThere) {
    process.stdout.write(
      `${backend} in Chromium ${browser.version()}, which has no adapter; try another with CHROMIUM`,
    );
  }
  await browser.close();
  server.close();
}

void main();
