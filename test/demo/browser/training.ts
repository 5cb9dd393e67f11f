import type {Page} from 'playwright-core';
import {number, open, type Pages, progress, status} from '../../support/page';

/** Graphics in software take seconds a step, so there a trained network is pruned in a few. */
const runs: Record<string, string> = {
  wasm: '#backend=wasm&epochs=2&digits=6000&target=80',
  webgl: '#backend=webgl&epochs=1&digits=300&target=80&start=present&twin=0&rate=0.0005',
};

/** A run on real digits, as a reader would make it. */
export function training(pages: Pages, backend: string): void {
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    ({page, errors} = await open(pages, runs[backend]));
    await page.evaluate(() => {
      const measured = window as unknown as {longest: number};
      measured.longest = 0;
      new PerformanceObserver((list) => {
        for (const {duration} of list.getEntries()) measured.longest = Math.max(measured.longest, duration);
      }).observe({type: 'longtask'});
    });
  }, 120_000);

  it('computes by the backend that is asked for', async () => {
    expect(await page.inputValue('#backend')).toBe(backend);
  });

  it('stands still while it is paused, and goes on', async () => {
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

  it('reaches its target, and reads at least 90 % of the test digits', async () => {
    const [, cut, accuracy] =
      /([\d.]+) % of the weights cut, ([\d.]+) % of all/.exec(await status(page, /^Done/)) ?? [];
    expect(Math.abs(Number(cut) - 80)).toBeLessThanOrEqual(0.1);
    expect(Number(accuracy)).toBeGreaterThanOrEqual(90);
    expect(await number(page, '#accuracy')).toBeGreaterThanOrEqual(90);
    console.log(`${backend}: ${await page.textContent('#step')}, ${accuracy} % of the test digits`);
  }, 300_000);

  it('never keeps the page from answering', async () => {
    const longest = await page.evaluate(() => (window as unknown as {longest: number}).longest);
    console.log(`${backend}: the longest task of the page took ${Math.round(longest)} ms`);
    // The goal is 100 ms; a machine that is busy with other things stretches whatever runs on it.
    expect(longest).toBeLessThan(500);
    expect(errors).toEqual([]);
  });
}
