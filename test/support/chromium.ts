import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
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
/** Flags for software graphics, which WebGL and WebGPU need here, and which slow down everything else. */
const emulated = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

const executable = () => process.env.CHROMIUM ?? executables.find(existsSync);

/** The missing requirement, for `describeWith`; undefined if Chromium is installed. */
export function withoutChromium(): string | undefined {
  return executable() === undefined
    ? `Chromium at ${executables.join(', ')}; \`apt-get install chromium\`, or give its path as CHROMIUM`
    : undefined;
}

/** The missing requirement of a backend in Chromium, found by starting it. */
export function withoutGraphics(backend: 'webgl' | 'webgpu'): string | undefined {
  const tsx = join(__dirname, '../../node_modules/.bin/tsx');
  return (
    withoutChromium() ??
    (execFileSync(tsx, [join(__dirname, 'graphics.ts'), backend]).toString() || undefined)
  );
}

/** Starts the Chromium of the distribution, without graphics or with emulated graphics, and with more flags. */
export async function launch(graphics: 'none' | 'emulated', more: string[] = []): Promise<Browser> {
  const executablePath = executable();
  if (executablePath === undefined) throw new Error(`there is no ${withoutChromium()}`);
  return chromium.launch({
    executablePath,
    args: [...args, ...(graphics === 'emulated' ? emulated : ['--disable-gpu']), ...more],
  });
}
