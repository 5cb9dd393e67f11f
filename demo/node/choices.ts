import {InvalidArgumentError} from 'commander';
import * as library from 'tfjs-pruning';
import ts from 'typescript';
import {calls, catalog, type Entry, type Family} from '../../scripts/catalog';
import {wrapped} from './text';

interface Parts {
  importance: library.Importance;
  pattern: library.Pattern;
  allocation: library.Allocation;
  penalty: library.Penalty;
}

/** A part of a method, and the call that creates it, which is also its name. */
export interface Choice<Part> {
  readonly text: string;
  readonly part: Part;
}

/** Parses the name of a part, or one of its documented calls. */
export function choice<Name extends keyof Parts>(family: Name): (text: string) => Choice<Parts[Name]> {
  return (given) => {
    const entries = catalog(family);
    const asCall = given.replace(/\s+/g, '').replaceAll('"', "'");
    const named = entries.find(({name}) => name === given);
    const text = named
      ? calls(named)[0]
      : entries.flatMap(calls).find((call) => call.replace(/\s+/g, '') === asCall);
    if (text === undefined) {
      const names = entries.map(({name}) => name).join(', ');
      throw new InvalidArgumentError(`The choices are ${names}; --help lists their arguments.`);
    }
    return {text, part: evaluated(text) as Parts[Name]};
  };
}

/** The value of a documented call: functions of the library with literals as arguments. */
function evaluated(text: string): unknown {
  const [statement] = ts.createSourceFile('call', text, ts.ScriptTarget.Latest).statements;
  return resultOf((statement as ts.ExpressionStatement).expression);
}

function resultOf(node: ts.Expression): unknown {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteral(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (ts.isObjectLiteralExpression(node)) {
    const fields = node.properties.filter(ts.isPropertyAssignment);
    return Object.fromEntries(
      fields.map(({name, initializer}) => [(name as ts.Identifier).text, resultOf(initializer)]),
    );
  }
  if (ts.isCallExpression(node)) {
    const named = new Map<string, unknown>(Object.entries(library)).get(
      (node.expression as ts.Identifier).text,
    );
    return (named as (...args: unknown[]) => unknown)(...node.arguments.map(resultOf));
  }
  throw new Error(`cannot evaluate the example ${ts.SyntaxKind[node.kind]}`);
}

const titles: Partial<Record<Family, string>> = {
  importance: 'how weights are scored',
  pattern: 'which weights form a unit',
  allocation: 'how layers share the target',
  penalty: 'shrinks weights during training',
};

/** All choices, for the help. */
export function listing(): string {
  return Object.entries(titles)
    .map(([family, title]) => {
      const lines = catalog(family).flatMap((entry) => [
        ...calls(entry).map((call) => `  ${call}`),
        wrapped(firstSentence(entry), 6),
      ]);
      return [`--${family}, ${title}:`, ...lines].join('\n');
    })
    .join('\n\n');
}

/** The text up to the first period, semicolon or colon outside code and words. */
function firstSentence({summary}: Entry): string {
  return `${/^(?:`[^`]*`|[^.;:`]|[.;:](?=\S))*/.exec(summary)?.[0]}.`;
}
