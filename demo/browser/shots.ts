// Makes the pictures of the README from a run in Chromium: npx tsx demo/browser/shots.ts
import {writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium, type Page} from 'playwright-core';
import {build, preview} from 'vite';
import {animation, type Frame} from '../../scripts/webp';
import {config, SITE} from './build/config';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..');
const RUN = '#epochs=3&digits=6000';
const WIDTH = 1280;
/** The maximum number of frames and bytes of the animation. */
const FRAMES = 40;
const BYTES = 1.4e6;
/** The duration of the run and of the last frame, in milliseconds. */
const SHOWN = 8000;
const LAST = 3000;
/** Pixels of the animation per pixel of the page. */
const SCALE = 0.6;
const QUALITY = 40;

const settings = config(SITE);
await build(settings);
const server = await preview(settings);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
const page = await browser.newPage({viewport: {width: WIDTH, height: 900}});
await page.goto(`${server.resolvedUrls?.local[0]}${RUN}`);
await page.waitForSelector('#run:enabled');
await page.click('#run');
await page.locator('#charts').waitFor();
// Positions are relative to the viewport.
await page.evaluate(() => scrollTo(0, 0));
const {frames, width, height} = await film(page);
let animated = animation(thinned(frames, FRAMES), width, height);
for (let most = FRAMES - 2; animated.length > BYTES; most -= 2) {
  animated = animation(thinned(frames, most), width, height);
}
writeFileSync(join(FOLDER, 'demo.webp'), animated);

await page.mouse.move(0, 0);
const hero = await page.locator('.hero').boundingBox();
const bottom = Math.round((hero?.y ?? 0) + (hero?.height ?? 0) + (hero?.x ?? 0));
await page.screenshot({
  path: join(FOLDER, 'screenshot.png'),
  clip: {x: 0, y: 0, width: WIDTH, height: bottom},
  fullPage: true,
});
console.log(`Saved demo/screenshot.png and demo/demo.webp, ${animated.length} bytes.`);
await browser.close();
await server.close();

/** Films the network and the run until the run has ended. */
async function film(of: Page): Promise<{frames: Buffer[]; width: number; height: number}> {
  const client = await of.context().newCDPSession(of);
  const hero = await of.locator('.hero').boundingBox();
  if (!hero) {
    throw new Error('shots: the page does not show a run');
  }
  const width = Math.round(hero.width * SCALE);
  const height = Math.round(hero.height * SCALE);
  const clip = {x: hero.x, y: hero.y, width: width / SCALE, height: height / SCALE, scale: SCALE};
  const frames: Buffer[] = [];
  const done = of.locator('#status', {hasText: /^Done/});
  while (!(await done.isVisible())) {
    const {data} = await client.send('Page.captureScreenshot', {
      format: 'webp',
      quality: QUALITY,
      captureBeyondViewport: true,
      clip,
    });
    frames.push(Buffer.from(data, 'base64'));
    await of.waitForTimeout(100);
  }
  return {frames, width, height};
}

/** At most so many stills, evenly spaced; the last is shown longest. */
function thinned(stills: Buffer[], most: number): Frame[] {
  const every = Math.max(1, stills.length / most);
  const kept = Array.from(
    {length: Math.floor(stills.length / every)},
    (_, i) => stills[Math.floor(i * every)],
  );
  return [...kept, stills[stills.length - 1]].map((still, i, all) => ({
    still,
    duration: i === all.length - 1 ? LAST : SHOWN / all.length,
  }));
}
