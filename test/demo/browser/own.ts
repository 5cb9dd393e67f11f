import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser, Page} from 'playwright-core';
import {axeFindings} from '../../support/axe';
import {launch} from '../../support/chromium';
import {open, type Pages} from '../../support/page';

const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** PNG files of discs or bars, of different places and colours. */
async function pictures(page: Page, shape: 'disc' | 'bars', count: number): Promise<File[]> {
  const files = await page.evaluate(
    async ([kind, many]) => {
      const made: number[][] = [];
      for (let i = 0; i < many; i++) {
        const canvas = new OffscreenCanvas(80, 60);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        context.fillStyle = `hsl(${i * 77} 60% 85%)`;
        context.fillRect(0, 0, 80, 60);
        context.fillStyle = `hsl(${i * 51} 80% 30%)`;
        if (kind === 'disc') {
          context.ellipse(34 + (i % 5) * 3, 26 + (i % 3) * 4, 15, 15, 0, 0, 7);
          context.fill();
        } else {
          for (let x = i % 6; x < 80; x += 8) context.fillRect(x, 0, 4, 60);
        }
        made.push([...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]);
      }
      return made;
    },
    [shape, count] as const,
  );
  return files.map((bytes, i) => ({
    name: `${shape}-${i}.png`,
    mimeType: 'image/png',
    buffer: Buffer.from(bytes),
  }));
}

const cards = (page: Page) => page.locator('.own .class');

async function begin(page: Page): Promise<void> {
  await page.waitForSelector('#own-begin:enabled');
  await page.click('#own-begin');
  await cards(page).nth(1).waitFor();
}

async function shows(page: Page, file: File, name: string): Promise<void> {
  await page.locator('.look input').setInputFiles(file);
  await page.locator('.look .scores .best', {hasText: name}).waitFor();
}

/** Tests of classes that the reader names. */
export function own(pages: Pages): void {
  it('train, prune and ship a network in the page, at 390 pixels, without any request', async () => {
    const {page, errors} = await open(pages, '#sparsity=90', {viewport: {width: 390, height: 844}});
    await page.locator('#sizes tbody tr').last().filter({hasText: '×'}).waitFor();
    await begin(page);
    const requests: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('blob:')) requests.push(request.url());
    });
    const [discs, bars] = [await pictures(page, 'disc', 22), await pictures(page, 'bars', 22)];
    const training = page.locator('.own button.main');
    expect(await training.isDisabled()).toBe(true);
    for (const [i, name, files] of [
      [0, 'disc', discs],
      [1, 'bars', bars],
    ] as const) {
      await cards(page).nth(i).getByLabel('Name of the class').fill(name);
      await cards(page).nth(i).getByLabel('Choose images').setInputFiles(files.slice(0, 20));
    }
    await training.click();
    await page.locator('.own button', {hasText: /^Stop$/}).click();
    await page.locator('.own [role=status]', {hasText: /^Stopped/}).waitFor();
    await training.click();
    const done = page.locator('.own [role=status]', {hasText: /^Done/});
    await done.waitFor();
    const [, accuracy, kept, weights, bytes] =
      /accuracy ([\d.]+) % on 8 images .* (3,\d+) of (3\d,\d+) weights.* ([\d.]+) kB/.exec(
        (await done.textContent()) ?? '',
      ) ?? [];
    expect(Number(accuracy)).toBeGreaterThanOrEqual(75);
    expect(Number(kept.replace(',', '')) / Number(weights.replace(',', ''))).toBeCloseTo(0.1, 3);
    expect(Number(bytes)).toBeLessThan(20);
    await shows(page, discs[21], 'disc');
    await shows(page, bars[21], 'bars');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Download as one page').click(),
    ]);
    expect(requests).toEqual([]);
    expect(await axeFindings(page, 'minor')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(errors).toEqual([]);

    const file = join(mkdtempSync(join(tmpdir(), 'own-')), 'network.html');
    await download.saveAs(file);
    const alone = await page.context().newPage();
    alone.on('pageerror', ({message}) => errors.push(message));
    alone.on('console', (message) => errors.push(message.text()));
    await alone.goto(`file://${file}`);
    await alone.locator('#file').setInputFiles(bars[20]);
    await alone.locator('#best', {hasText: 'bars'}).waitFor();
    expect(await axeFindings(alone, 'minor')).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  }, 240_000);

  it('can be images of a camera, which the network answers live', async () => {
    const browser: Browser = await launch('none', camera);
    try {
      const {page, errors} = await open({...pages, browser});
      await begin(page);
      await page.getByText('Start the camera').click();
      await cards(page).first().getByText('Record').click();
      await cards(page).first().getByText('20 images').waitFor();
      const files = await pictures(page, 'bars', 10);
      await cards(page).nth(1).getByLabel('Choose images').setInputFiles(files);
      await page.locator('.own button.main').click();
      await page.locator('.look .scores .best', {hasText: 'class 1'}).waitFor();
      await shows(page, files[0], 'class 2');
      expect(await page.locator('.look video').isVisible()).toBe(false);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 240_000);

  it('can be files where there is no camera, whose absence is explained', async () => {
    const {page} = await open(pages);
    await begin(page);
    await page.getByText('Start the camera').click();
    await page.locator('#problem-text', {hasText: /camera.*You can choose image files instead/}).waitFor();
    expect(await cards(page).first().getByText('Record').isDisabled()).toBe(true);
    await cards(page)
      .first()
      .getByLabel('Choose images')
      .setInputFiles([{name: 'text.png', mimeType: 'image/png', buffer: Buffer.from('text')}]);
    await page.locator('#problem-text', {hasText: /^text.png is not an image/}).waitFor();
    await cards(page)
      .first()
      .getByLabel('Choose images')
      .setInputFiles(await pictures(page, 'disc', 6));
    await cards(page).first().getByText('6 images').waitFor();
    await page.context().close();
  }, 120_000);
}
