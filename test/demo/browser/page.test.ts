// One build for all tests of the page.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {launch, withoutChromium} from '../../support/chromium';
import {describeWith} from '../../support/describeWith';
import {build, type Pages, Site} from '../../support/page';
import {commands, offers} from './commands';
import {looks} from './looks';
import {opening} from './opening';
import {own} from './own';
import {training} from './training';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const pages = {site: new Site(folder)} as Pages;

describeWith(withoutChromium(), 'in Chromium', () => {
  beforeAll(async () => {
    pages.printed = build(folder);
    await pages.site.start();
    pages.browser = await launch('none');
  }, 300_000);

  afterAll(async () => {
    await pages.browser?.close();
    pages.site.stop();
    rmSync(folder, {recursive: true});
  });

  describe('the page as it opens', () => opening(pages));
  describe.each(['wasm', 'webgl'])('a run on %s', (backend) => training(pages, backend));
  describe.each(['wasm', 'webgl'] as const)('commands on %s', (backend) => commands(pages, backend));
  describe('commands', () => offers(pages));
  describe('images of the reader', () => own(pages));
  describe('the looks of the page', () => looks(pages));
});
