import type {Browser, Page} from 'playwright-core';
import {launch} from '../../support/chromium';
import {number, open, type Pages, progress, status} from '../../support/page';

/** With software graphics a step takes seconds, so a trained network is pruned in a few steps. */
const runs: Record<string, string> = {
  wasm: '#backend=wasm&epochs=2&digits=6000&target=80&teacher=present&bits=5',
  webgl: '#backend=webgl&epochs=1&digits=300&target=80&start=present&twin=0&rate=0.0005',
};

/** Tests of a run on real digits. */
export function training(pages: Pages, backend: string): void {
  let browser: Browser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    browser = await launch(backend === 'webgl' ? 'emulated' : 'none');
    ({page, errors} = await open({...pages, browser}, runs[backend]));
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(window, {tasks});
      const list = (entries: PerformanceObserverEntryList) =>
        tasks.push(...entries.getEntries().map((entry) => entry.duration));
      new PerformanceObserver(list).observe({type: 'longtask'});
    });
  }, 120_000);

  afterAll(() => browser?.close());

  it('uses the requested backend', async () => {
    expect(await page.inputValue('#backend')).toBe(backend);
  });

  it('does not advance while paused, and continues', async () => {
    await page.click('#run');
    await status(page, /^Epoch 1/);
    await page.click('#pause');
    await status(page, /^Paused/);
    const still = await progress(page);
    await page.waitForTimeout(3000);
    expect(await progress(page)).toBe(still);
    await page.locator('#pause', {hasText: 'Resume'}).click();
    await page.locator('#pause', {hasText: 'Pause'}).waitFor();
  }, 240_000);

  it('reaches its target with an accuracy of at least 90 %', async () => {
    const [, pruned, accuracy] =
      /([\d.]+) % of the weights pruned, accuracy ([\d.]+) %/.exec(await status(page, /^Done/)) ?? [];
    expect(Math.abs(Number(pruned) - 80)).toBeLessThanOrEqual(0.1);
    expect(Number(accuracy)).toBeGreaterThanOrEqual(90);
    expect(await number(page, '#accuracy')).toBeGreaterThanOrEqual(90);
    if (backend === 'wasm') {
      // 5,518 weights of 5 bits and their places; as floats they take more than 20 kB.
      expect(await number(page, '#size')).toBeLessThan(10);
    }
    console.log(`${backend}: ${await page.textContent('#step')}, ${accuracy} % of the test digits`);
  }, 300_000);

  // The rest is the same on all backends, and takes minutes with software graphics.
  if (backend !== 'webgl') {
    it('can be pruned further, and trained again', async () => {
      await page.fill('#sparsity', '95');
      await page.locator('#left', {hasText: /^1,380 of 27,592/}).waitFor();
      await page.click('#advanced > summary');
      await page.fill('#set-epochs', '1');
      await page.fill('#set-digits', '100');
      await page.click('#recover');
      await status(page, /^Done: 95.00 %/);
      expect(await page.textContent('#problem-text')).toBe('');
    }, 240_000);

    it('remains when the backend changes', async () => {
      const accuracy = await page.textContent('#accuracy');
      await page.selectOption('#backend', 'cpu');
      await page.waitForSelector('#run:disabled');
      await page.waitForSelector('#run:enabled');
      await page.locator('#left', {hasText: /^1,380 of 27,592/}).waitFor();
      expect(await page.textContent('#accuracy')).toBe(accuracy);
      expect(await page.textContent('#dense-accuracy')).toMatch(/^ dense 9\d/);
    }, 120_000);
  }

  it('never blocks the page', async () => {
    const tasks = await page.evaluate(() => (window as Window & {tasks?: number[]}).tasks ?? []);
    const [longest = 0, second = 0, third = 0] = tasks.sort((a, b) => b - a).map(Math.round);
    console.log(`${backend}: the longest tasks of the page took ${longest}, ${second} and ${third} ms`);
    // The goal is 100 ms. A machine that is busy with other things stretches a task now and then, but not each; and
    // where graphics are emulated, the page has to wait for those of the network to be shown at all.
    if (backend !== 'webgl') {
      expect(third).toBeLessThan(300);
    }
    expect(errors).toEqual([]);
  });
}
