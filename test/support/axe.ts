import {readFileSync} from 'node:fs';
import type {Page} from 'playwright-core';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const impacts = ['minor', 'moderate', 'serious', 'critical'];

/** The findings of axe on a page that are at least so grave. */
export async function axeFindings(page: Page, least: 'minor' | 'serious'): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    type Axe = {run(): Promise<{violations: {id: string; impact: string; nodes: {html: string}[]}[]}>};
    const {violations} = await (window as Window & typeof globalThis & {axe: Axe}).axe.run();
    return violations.map(({id, impact, nodes}) => ({id, impact, nodes: nodes.map(({html}) => html)}));
  });
  return found
    .filter(({impact}) => impacts.indexOf(impact) >= impacts.indexOf(least))
    .map(({id, nodes}) => `${id}: ${nodes.join(' ')}`);
}
