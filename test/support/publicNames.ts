import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');

/** The sources of the entries, by their public paths, as tsconfig.json has them. */
export const entries: Record<string, [string]> = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  .compilerOptions.paths;

const program = ts.createProgram(
  Object.values(entries).map(([path]) => join(root, path)),
  {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
  },
);
export const checker = program.getTypeChecker();

export interface PublicName {
  readonly name: string;
  /** Where it is declared. */
  readonly symbol: ts.Symbol;
  readonly isValue: boolean;
}

/** The exports of an entry, types too. */
export function exportsOf(entry: string): PublicName[] {
  const source = program.getSourceFile(join(root, entries[entry][0])) as ts.SourceFile;
  const module = checker.getSymbolAtLocation(source) as ts.Symbol;
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return {name: exported.name, symbol, isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0};
  });
}

/** A function that an entry exports, with the tags of its doc-comment. */
export interface PublicFunction extends PublicName {
  readonly tags: readonly {readonly name: string; readonly text: string}[];
  readonly declarations: readonly ts.Declaration[];
}

export function functionsOf(entry: string): PublicFunction[] {
  return exportsOf(entry).flatMap((found) => {
    const [first, ...rest] = found.symbol.declarations ?? [];
    const signatures = checker.getTypeOfSymbolAtLocation(found.symbol, first).getCallSignatures();
    if (signatures.length === 0) return [];
    const tags = found.symbol
      .getJsDocTags(checker)
      .map(({name, text}) => ({name, text: ts.displayPartsToString(text).trim()}));
    const called = signatures.flatMap(({declaration}) => declaration ?? []);
    return [{...found, tags, declarations: [first, ...rest, ...called]}];
  });
}

const known = new Map<ts.Node, boolean>();

/** Whether a call of a function can reach a `throw` of this library, not counting functions that it makes for later. */
export function canThrow(node: ts.Node): boolean {
  const before = known.get(node);
  if (before !== undefined) return before;
  // Recursion adds nothing.
  known.set(node, false);
  const visit = (child: ts.Node): boolean => {
    if (ts.isThrowStatement(child)) return true;
    if (ts.isFunctionLike(child) || ts.isClassLike(child)) return false;
    if (ts.isCallExpression(child) || ts.isNewExpression(child)) {
      const declaration = checker.getResolvedSignature(child)?.declaration;
      const file = declaration?.getSourceFile().fileName ?? '';
      if (declaration && !file.includes('node_modules') && canThrow(declaration)) return true;
    }
    return ts.forEachChild(child, visit) ?? false;
  };
  const found = ts.forEachChild(node, visit) ?? false;
  known.set(node, found);
  return found;
}
