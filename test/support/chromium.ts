import {existsSync} from 'node:fs';
import {type Browser, chromium} from 'playwright-core';

const executables = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const args = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Software in place of a graphics device: what WebGL needs, and what would keep all else waiting. */
const emulated = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** Starts the Chromium of the distribution, without graphics or with emulated ones. */
export async function launch(graphics: 'none' | 'emulated'): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? executables.find(existsSync);
  if (executablePath === undefined) {
    throw new Error(
      `there is no Chromium at ${executables.join(', ')}: install it by \`apt-get install chromium\`, or give its ` +
        'path as CHROMIUM',
    );
  }
  return chromium.launch({
    executablePath,
    args: [...args, ...(graphics === 'emulated' ? emulated : ['--disable-gpu'])],
  });
}
