// Measures the page in Chromium: npx tsx demo/browser/measure.ts [--built], where --built uses the last build.
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {chromium, type Page} from 'playwright-core';
import {build, preview} from 'vite';
import {config, SITE} from './build/config';

const VISITS = 3;
const POSITIONS = [95, 20, 60, 90, 10, 80, 50, 99];
const RUN = '#epochs=2&digits=3000';

/** The moments of a visit, in milliseconds after its start. */
interface Moments {
  motion: number;
  slider: number;
  training: number;
  tasks: number[];
}

type Watched = Window & typeof globalThis & {moments: Moments};

const settings = config(SITE);
if (!process.argv.includes('--built')) await build(settings);
const server = await preview(settings);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});

const visits: Awaited<ReturnType<typeof visit>>[] = [];
for (let i = 0; i < VISITS; i++) visits.push(await visit());
console.log(`The median of ${VISITS} visits:`);
for (const name of Object.keys(visits[0]) as (keyof (typeof visits)[number])[]) {
  const sorted = visits.map((one) => one[name]).sort((a, b) => a - b);
  console.log(`  ${name}: ${Math.round(sorted[Math.floor(VISITS / 2)])}`);
}
const page = await open(RUN);
await page.waitForSelector('#run:enabled');
await page.waitForTimeout(1500);
console.log(`Slider, ms per position: ${(await latencies(page)).join(', ')}`);
console.log(`Tasks of over 50 ms in training: ${(await longTasks(page)).join(', ') || 'none'}`);
await browser.close();
await server.close();

async function open(hash: string, before: (page: Page) => void = () => {}): Promise<Page> {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}});
  const opened = await context.newPage();
  before(opened);
  // tsx wraps functions in this.
  await opened.addInitScript('globalThis.__name = (named) => named');
  await opened.addInitScript(watch);
  await opened.goto((server.resolvedUrls?.local[0] ?? '') + hash);
  return opened;
}

/** Runs in the page. */
function watch(): void {
  const moments: Moments = {motion: 0, slider: 0, training: 0, tasks: []};
  Object.assign(window, {moments});
  const list = (entries: PerformanceObserverEntryList) =>
    moments.tasks.push(...entries.getEntries().map(({duration}) => duration));
  new PerformanceObserver(list).observe({type: 'longtask'});
  const is = (selector: string) => document.querySelector(selector) !== null;
  const text = (id: string) => document.getElementById(id)?.textContent ?? '';
  const look = () => {
    const now = performance.now();
    if (is('#sparsity:enabled')) moments.slider ||= now;
    if (is('#run:enabled')) moments.training ||= now;
    const [kept, all] = [text('kept'), text('all-weights').replace(' of ', '')];
    if (all !== '' && kept !== all) moments.motion ||= now;
    requestAnimationFrame(look);
  };
  look();
}

/** A visit until everything can be used. */
async function visit() {
  const raw = new Map<string, number>();
  let sent = 0;
  const opened = await open('', (of) =>
    of.context().on('requestfinished', async (request) => {
      const {pathname, protocol} = new URL(request.url());
      if (protocol !== 'http:') return;
      raw.set(pathname, statSync(join(SITE, pathname.replace(/\/$/, '/index.html'))).size);
      sent += (await request.sizes()).responseBodySize;
    }),
  );
  await opened.waitForSelector('#run:enabled');
  const {motion, slider, training} = await opened.evaluate(() => (window as Watched).moments);
  const paint = await opened.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  );
  await opened.context().close();
  return {
    'first paint, ms': paint,
    'slider, ms': slider,
    'first motion, ms': motion,
    'training, ms': training,
    'until then, bytes': [...raw.values()].reduce((sum, size) => sum + size, 0),
    'sent, bytes': sent,
  };
}

/** The times from moving the slider to the accuracy, in milliseconds. */
function latencies(of: Page): Promise<number[]> {
  return of.evaluate(async (positions) => {
    const slider = document.getElementById('sparsity') as HTMLInputElement;
    const readings = document.getElementById('readings') as HTMLElement;
    const times: number[] = [];
    for (const position of positions) {
      const started = performance.now();
      slider.value = String(position);
      slider.dispatchEvent(new Event('input'));
      while (readings.ariaBusy === 'true') await new Promise(requestAnimationFrame);
      times.push(Math.round(performance.now() - started));
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    return times;
  }, POSITIONS);
}

/** The durations of the long tasks of the page in a run, in milliseconds. */
async function longTasks(of: Page): Promise<number[]> {
  await of.evaluate(() => {
    (window as Watched).moments.tasks.length = 0;
  });
  await of.click('#run');
  await of.locator('#status', {hasText: /^Done/}).waitFor({timeout: 120_000});
  return of.evaluate(() => (window as Watched).moments.tasks.map(Math.round));
}
