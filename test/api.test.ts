import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {prunableWeights} from 'tfjs-pruning';
import ts from 'typescript';
import './support/cpu';
import {examplesIn, run} from './support/examples';
import {examples, mlp} from './support/models';
import {checker, entries, exportsOf} from './support/publicNames';

const root = join(__dirname, '..');

const page = readFileSync(join(root, 'docs/api.md'), 'utf8');

/** The words in code in the section of an entry, without its examples. */
function namesIn(entry: string): string[] {
  const [, section] = page.split(`\n## ${entry}\n`);
  const text = section.split('\n## ')[0].replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/`(\w+)(?:\(\w*\))?`/g)].map(([, name]) => name);
}

/** The keys of the parameters of a function that are called `options`. */
function optionsOf(symbol: ts.Symbol): string[] {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) return [];
  const calls = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
  return calls
    .flatMap(({parameters}) => parameters.filter(({name}) => name === 'options'))
    .flatMap((parameter) => {
      const type = checker.getTypeOfSymbolAtLocation(parameter, declaration);
      return checker.getNonNullableType(type).getProperties();
    })
    .filter(
      ({declarations: [first] = []}) =>
        first !== undefined && !/node_modules/.test(first.getSourceFile().fileName),
    )
    .map(({name}) => name);
}

/** Words in code that are no names of the package. */
const others = ['fit', 'needs'];

it('package.json, tsconfig.json and docs/api.md have the same entries', () => {
  const {exports} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const published = Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => path.replace('.', 'tfjs-pruning'));
  expect(Object.keys(entries).sort()).toEqual(published.sort());
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title).sort()).toEqual(published);
});

describe.each(Object.keys(entries))('%s', (entry) => {
  it('exports the names that docs/api.md lists, and no others', () => {
    const names = exportsOf(entry).map(({name}) => name);
    // Prose may refer to functions of another entry.
    const elsewhere = Object.keys(entries).flatMap((other) => exportsOf(other).map(({name}) => name));
    const isHere = (name: string) => names.includes(name) || ![...elsewhere, ...others].includes(name);
    const listed = new Set(namesIn(entry).filter(isHere));
    expect([...listed].sort()).toEqual(names.sort());
  });

  it('has a doc-comment for each name', () => {
    const bare = exportsOf(entry).filter(
      ({symbol}) => ts.displayPartsToString(symbol.getDocumentationComment(checker)) === '',
    );
    expect(bare.map(({name}) => name)).toEqual([]);
  });

  it('documents each option, and the default of each that may be left out', () => {
    const lacking = exportsOf(entry)
      .flatMap(({symbol}) => symbol.declarations ?? [])
      .filter((node) => ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Options'))
      .flatMap((node) => (node as ts.InterfaceDeclaration).members.map((member) => ({node, member})))
      .filter(({member}) => {
        const property = member.name && checker.getSymbolAtLocation(member.name);
        const text = ts.displayPartsToString(property?.getDocumentationComment(checker));
        return text === '' || (member.questionToken && !/default|without|otherwise|unless/i.test(text));
      });
    const nameOf = ({node, member}: (typeof lacking)[number]) =>
      `${(node as ts.InterfaceDeclaration).name.text}.${member.name?.getText()}`;
    expect(lacking.map(nameOf)).toEqual([]);
  });
});

it('a page of docs names each option of each function', () => {
  const pages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
  const texts = ['README.md', ...pages.map((file) => `docs/${file}`)].map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const options = Object.keys(entries)
    .flatMap(exportsOf)
    .flatMap(({name, symbol}) => optionsOf(symbol).map((option) => ({name, option})));
  expect(options.length).toBeGreaterThan(80);
  const missing = options.filter(
    ({option}) => !texts.some((text) => new RegExp(`\\b${option}\\b`).test(text)),
  );
  expect(missing.map(({name, option}) => `${name}: ${option}`)).toEqual([]);
});

it('tfjs-pruning has at most 75 values', () => {
  expect(exportsOf('tfjs-pruning').filter(({isValue}) => isValue).length).toBeLessThanOrEqual(75);
});

it('a name is exported by one entry, except for sparseFile', () => {
  const homes = new Map<string, string[]>();
  for (const entry of Object.keys(entries)) {
    for (const {name} of exportsOf(entry)) homes.set(name, [...(homes.get(name) ?? []), entry]);
  }
  expect([...homes].filter(([, found]) => found.length > 1)).toEqual([
    ['sparseFile', ['tfjs-pruning', 'tfjs-pruning/storage']],
  ]);
});

it('the importance in docs/api.md runs as it stands', async () => {
  const [[, code]] = examplesIn('docs/api.md');
  const model = mlp();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const {x, y} = examples();
  await run(code, {model, x, y});
  const kept = prunableWeights(model).map(({mask}) => tf.sum(mask).dataSync()[0]);
  expect(kept).toEqual([12, 9]);
});
