import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser, BrowserContextOptions, Page} from 'playwright-core';
import {decode, global, prune, ship} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {gzipped, page as pageFor} from '../../../demo/ship/build';
import '../../support/cpu';
import {axeFindings} from '../../support/axe';
import {launch, withoutChromium} from '../../support/chromium';
import {describeWith} from '../../support/describeWith';
import {Site} from '../../support/page';

const folder = mkdtempSync(join(tmpdir(), 'shipped-'));
const site = new Site(folder);
let browser: Browser;
let html: string;
let shipped: string;

type Point = readonly [x: number, y: number];

/** Strokes of digits, in shares of the field. */
const strokes: Record<string, Point[]> = {
  1: [
    [0.55, 0.15],
    [0.5, 0.5],
    [0.47, 0.85],
  ],
  7: [
    [0.3, 0.25],
    [0.7, 0.25],
    [0.6, 0.45],
    [0.5, 0.6],
    [0.42, 0.8],
  ],
  0: Array.from({length: 25}, (_, i): Point => {
    const angle = (i / 24) * 2 * Math.PI;
    return [0.5 + 0.2 * Math.sin(angle), 0.5 - 0.3 * Math.cos(angle)];
  }),
};

/** Opens the page; its errors, and the files it loads. */
async function open(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 800}, ...options});
  const page = await context.newPage();
  const errors: string[] = [];
  const loaded: string[] = [];
  page.on('pageerror', ({message}) => errors.push(message));
  page.on('console', (message) => errors.push(message.text()));
  page.on('request', (request) => loaded.push(request.url().replace(site.address, '')));
  await page.goto(site.address);
  return {page, errors, loaded};
}

const answer = async (page: Page, text: RegExp) => {
  const found = page.locator('#answer', {hasText: text});
  await found.waitFor();
  return found.textContent();
};

/** The points of a digit on the page. */
async function pointsOf(page: Page, digit: string) {
  await answer(page, /^Draw/);
  const box = await page.locator('#pad').boundingBox();
  if (box === null) throw new Error('the field is not visible');
  return strokes[digit].map(([x, y]) => ({x: box.x + x * box.width, y: box.y + y * box.height}));
}

async function draw(page: Page, digit: string): Promise<void> {
  const [first, ...rest] = await pointsOf(page, digit);
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const {x, y} of rest) await page.mouse.move(x, y, {steps: 4});
  await page.mouse.up();
}

async function touch(page: Page, digit: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const [first, ...rest] = await pointsOf(page, digit);
  await session.send('Input.dispatchTouchEvent', {type: 'touchStart', touchPoints: [first]});
  for (const point of rest) {
    await session.send('Input.dispatchTouchEvent', {type: 'touchMove', touchPoints: [point]});
  }
  await session.send('Input.dispatchTouchEvent', {type: 'touchEnd', touchPoints: []});
}

describeWith(withoutChromium(), 'the page of a shipped network', () => {
  beforeAll(async () => {
    const model = await prunable(await decode(readFileSync('demo/browser/opening/opening.tfsp')));
    await prune(model, 0.9, {allocation: global()});
    shipped = await ship(model, {values: 'int8'});
    html = pageFor(shipped);
    writeFileSync(join(folder, 'digits.js'), shipped);
    writeFileSync(join(folder, 'index.html'), html);
    await site.start();
    browser = await launch('none');
  });

  afterAll(async () => {
    await browser?.close();
    site.stop();
    rmSync(folder, {recursive: true});
  });

  it('loads one HTML file and one module, of less than 30 kB after gzip', async () => {
    const {page, errors, loaded} = await open();
    await answer(page, /^Draw/);
    expect(loaded).toEqual(['', 'digits.js']);
    expect(errors).toEqual([]);
    const sizes = [html, shipped].map(gzipped);
    console.log(`the page has ${sizes[0]} bytes after gzip, the module ${sizes[1]}`);
    expect(sizes[0] + sizes[1]).toBeLessThan(30_000);
    await page.context().close();
  });

  it.each(Object.keys(strokes))('reads a %s, and shows the scores and the time', async (digit) => {
    const {page, errors} = await open();
    await draw(page, digit);
    expect(await answer(page, /reads/)).toMatch(new RegExp(`^It reads ${digit}, [\\d.]+ % sure`));
    expect(await page.textContent('#digit')).toBe(digit);
    expect(await page.textContent('#scores .best')).toMatch(new RegExp(`^${digit}[5-9]`));
    const shares = await page.locator('#scores b').allTextContents();
    expect(shares).toHaveLength(10);
    expect(shares.reduce((sum, share) => sum + Number.parseFloat(share), 0)).toBeGreaterThan(98.9);
    expect(await page.textContent('#time')).toMatch(/^One digit takes [\d.]+ µs\.$/);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('reads a digit that a finger draws, without scrolling', async () => {
    const {page} = await open({hasTouch: true, viewport: {width: 320, height: 400}});
    await touch(page, '7');
    await answer(page, /^It reads 7/);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.context().close();
  });

  it('is cleared by the keyboard', async () => {
    const {page} = await open();
    await draw(page, '1');
    await answer(page, /^It reads 1/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await answer(page, /^Draw/);
    expect(await page.textContent('#digit')).toBe('–');
    const isEmpty = await page.$eval('#pad', (pad) => {
      const {width, height} = pad as HTMLCanvasElement;
      const context = (pad as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
      return context.getImageData(0, 0, width, height).data.every((value) => value === 0);
    });
    expect(isEmpty).toBe(true);
    await page.context().close();
  });

  it.each([
    ['light', 320],
    ['dark', 320],
    ['light', 1280],
    ['dark', 1280],
  ] as const)(
    'has no finding of axe and no horizontal scrolling, %s and %i wide',
    async (colorScheme, width) => {
      const {page} = await open({colorScheme, reducedMotion: 'reduce', viewport: {width, height: 800}});
      await draw(page, '7');
      await answer(page, /^It reads 7/);
      expect(await axeFindings(page, 'minor')).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.context().close();
    },
  );

  it('reports that the policy forbids WASM without wasm-unsafe-eval', async () => {
    const {page} = await open();
    await page.route(site.address, (route) =>
      route.fulfill({contentType: 'text/html', body: html.replace(" 'wasm-unsafe-eval'", '')}),
    );
    await page.reload();
    expect(await answer(page, /not load/)).toMatch(/Content Security Policy/);
    await page.context().close();
  });
});
