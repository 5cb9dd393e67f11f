import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

/** The imported files and packages of each file; paths are relative to the root. */
type Imports = Record<string, string[]>;

const root = join(__dirname, '..');
const packages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];
const arrows: Record<string, string[]> = {
  'src/util': [],
  src: ['src/util', 'src/wasm/sparse'],
  'src/wasm': ['src/util'],
  'src/wasm/sparse': ['src/util', 'src/wasm'],
  layers: ['src', 'src/util'],
  callbacks: ['src', 'src/util'],
};

/** The top-level part of a file; undefined for packages and other files outside. */
function room(path: string): string | undefined {
  return ['src/wasm/sparse', 'src/wasm', 'src/util', 'src', 'layers', 'callbacks'].find((folder) =>
    path.startsWith(`${folder}/`),
  );
}

function wrongArrows(imports: Imports): string[] {
  return Object.entries(imports).flatMap(([file, targets]) => {
    const from = room(file) as string;
    const isRight = (target: string) => {
      const to = room(target);
      return to === undefined ? packages.includes(target) : to === from || arrows[from].includes(to);
    };
    return targets.filter((target) => !isRight(target)).map((target) => `${file} -> ${target}`);
  });
}

function cycles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: string[]) => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    } else if (!done.has(file)) {
      for (const target of imports[file] ?? []) walk(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of Object.keys(imports)) walk(file, []);
  return found;
}

/** The folders of src that the files of each import; a file beside them counts as one. */
function betweenFolders(imports: Imports): Imports {
  const folderOf = (file: string) => file.split('/').slice(0, 2).join('/');
  const found: Imports = {};
  for (const [file, targets] of Object.entries(imports)) {
    const inside = targets.filter((target) => target.startsWith('src/')).map(folderOf);
    found[folderOf(file)] = [
      ...(found[folderOf(file)] ?? []),
      ...inside.filter((to) => to !== folderOf(file)),
    ];
  }
  return found;
}

/** The imports of a source in any form, with types. */
function importsOf(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    let target: ts.Node | undefined;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) target = node.moduleSpecifier;
    else if (ts.isImportTypeNode(node)) target = node.argument;
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      target = node.arguments[0];
    }
    if (target) found.push(ts.isLiteralTypeNode(target) ? unquoted(target.literal) : unquoted(target));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest));
  return found;
}

/** The imported name; a computed name gives its syntax kind, which no arrow allows. */
const unquoted = (node: ts.Node) =>
  ts.isStringLiteralLike(node) ? node.text : `an import of a ${ts.SyntaxKind[node.kind]}`;

/** The path of a relative import; other names are unchanged. */
function resolve(file: string, target: string): string {
  if (!target.startsWith('.')) return target;
  const path = join(file, '..', target).replaceAll('\\', '/');
  return [`${path}.ts`, `${path}/index.ts`].find((name) => existsSync(join(root, name))) ?? path;
}

function readImports(): Imports {
  const files = ['src', 'layers', 'callbacks'].flatMap((folder) =>
    readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((name) =>
      join(folder, name).replaceAll('\\', '/'),
    ),
  );
  const isSource = (file: string) => file.endsWith('.ts') && !file.startsWith('src/wasm/assembly/');
  const read = (file: string) => importsOf(readFileSync(join(root, file), 'utf8'));
  return Object.fromEntries(
    files.filter(isSource).map((file) => [file, read(file).map((target) => resolve(file, target))]),
  );
}

describe('the sources', () => {
  const imports = readImports();

  it('import only along the arrows layers -> src <- callbacks, and only the packages tfjs-core and tfjs-layers', () => {
    expect(Object.keys(imports)).toEqual(
      expect.arrayContaining(['src/index.ts', 'src/wasm/index.ts', 'layers/index.ts', 'callbacks/index.ts']),
    );
    expect(wrongArrows(imports)).toEqual([]);
  });

  it('have no import cycles, of values or types', () => {
    expect(cycles(imports)).toEqual([]);
  });

  it('have no cycle between the folders of src', () => {
    expect(cycles(betweenFolders(imports))).toEqual([]);
  });
});

describe('this test', () => {
  it('detects every form of import', () => {
    const source = `
      import {a} from './value';
      import './effect';
      import * as b from './namespace';
      import type {C} from './type';
      import {type D} from './typeName';
      export {e} from './export';
      export * from './star';
      export * as f from './starAs';
      export type {G} from './exportType';
      const h = await import('./dynamic');
      const computed = import(h);
      let i: import('./typeOf').I;
      // import './comment';
      const j = "import './string'";
    `;
    expect(importsOf(source).sort()).toEqual([
      './dynamic',
      './effect',
      './export',
      './exportType',
      './namespace',
      './star',
      './starAs',
      './type',
      './typeName',
      './typeOf',
      './value',
      'an import of a Identifier',
    ]);
  });

  it.each([
    ['src/prune.ts', 'layers/prunable.ts'],
    ['src/prune.ts', 'callbacks/pruning.ts'],
    ['src/prune.ts', 'src/wasm/index.ts'],
    ['src/wasm/index.ts', 'src/model/weight.ts'],
    ['src/wasm/sparse/index.ts', 'src/model/weight.ts'],
    ['src/wasm/index.ts', 'src/wasm/sparse/index.ts'],
    ['layers/prunable.ts', 'callbacks/pruning.ts'],
    ['callbacks/pruning.ts', 'layers/prunable.ts'],
    ['layers/prunable.ts', 'src/wasm/index.ts'],
    ['layers/prunable.ts', 'test/helper.ts'],
    ['src/prune.ts', '@tensorflow/tfjs'],
    ['src/prune.ts', '@tensorflow/tfjs-core/dist/tensor'],
    ['src/prune.ts', 'node:fs'],
    ['src/prune.ts', 'tfjs-pruning'],
  ])('forbids %s -> %s', (file, target) => {
    expect(wrongArrows({[file]: [target]})).toEqual([`${file} -> ${target}`]);
  });

  it.each([
    ['layers/prunable.ts', 'src/model/weight.ts'],
    ['callbacks/pruning.ts', 'src/prune.ts'],
    ['layers/prunable.ts', 'layers/masks.ts'],
    ['src/prune.ts', 'src/pattern/element.ts'],
    ['src/wasm/index.ts', 'src/wasm/backend.ts'],
    ['src/surgery/sparsify/sparsify.ts', 'src/wasm/sparse/index.ts'],
    ['src/wasm/sparse/index.ts', 'src/wasm/backend.ts'],
    ['src/wasm/index.ts', '@tensorflow/tfjs-core'],
  ])('allows %s -> %s', (file, target) => {
    expect(wrongArrows({[file]: [target]})).toEqual([]);
  });

  it('finds cycles, and only them', () => {
    expect(cycles({a: ['b', 'c'], b: ['c'], c: []})).toEqual([]);
    expect(cycles({a: ['b'], b: ['c'], c: ['b']})).toEqual(['b -> c -> b']);
    expect(cycles({a: ['a']})).toEqual(['a -> a']);
    const crossed = {'src/a/one.ts': ['src/b/two.ts'], 'src/b/three.ts': ['src/a/four.ts', 'src/b/two.ts']};
    expect(cycles(betweenFolders(crossed))).toEqual(['src/a -> src/b -> src/a']);
  });
});
