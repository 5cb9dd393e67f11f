import {HELP} from '../../bin/help';
import {parseOptions, UsageError} from '../../bin/options';

/** The message of the error for some arguments. */
function errorOf(argv: string[]): string | undefined {
  try {
    parseOptions(argv);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  return undefined;
}

const prune = ['prune', 'model.json', '--sparsity', '0.5'];

it.each([
  ['--sparsity', ['', ' ', 'half', '-0.1', '1', '1.5', '50%', 'NaN', 'Infinity', '0,5']],
  ['--values', ['', 'float64', 'int4', '0', '9', '1.5', '-1', 'FLOAT32']],
  ['--out', ['']],
])('%s names itself and a wrong value', (option, values) => {
  for (const value of values) {
    const message = errorOf([...prune, `${option}=${value}`]);
    expect(message).toContain(option);
    expect(message).toContain(value === '' && option === '--out' ? 'nothing' : `"${value}"`);
  }
});

it.each([
  ['--outputs', ['a,,b', ',']],
  ['--input', ['image', 'image=', 'image=0x2', '=3', 'image=256,256,3']],
])('%s of convert names itself and a wrong value', (option, values) => {
  for (const value of values) {
    const message = errorOf(['convert', 'model.json', `${option}=${value}`]);
    expect(message).toContain(option);
    expect(message).toContain(`"${value}"`);
  }
});

it.each(['--sparsity', '--values', '--out', '-o'])('%s without a value names itself', (option) => {
  expect(errorOf([...prune, option])).toContain(option);
});

it.each(['--plain', '--force', '--unchecked', '--json', '--help'])(
  '%s with a value names itself',
  (option) => {
    expect(errorOf([...prune, `${option}=yes`])).toContain(option);
  },
);

it.each(['--sparsity=0.5', '--values=int8', '--out=a', '--plain', '--force', '--unchecked'])(
  'report names %s, which it does not have',
  (option) => {
    expect(errorOf(['report', 'model.json', option])).toBe(`report has no option ${option.split('=')[0]}`);
  },
);

it.each([
  [[...prune, '--sparse'], '--sparse'],
  [[...prune, '-x'], '-x'],
  [[...prune, 'other.json'], 'prune takes one model, got 2'],
  [['prune', '--sparsity', '0.5'], 'prune takes one model, got none'],
  [['report'], 'report takes one model, got none'],
  [['Prune', 'model.json'], 'unknown command "Prune"'],
  [['', 'model.json'], 'unknown command ""'],
])('%j is an error that says what is wrong', (argv, text) => {
  expect(errorOf(argv)).toContain(text);
});

it('right arguments are taken', () => {
  expect(errorOf([...prune, '--values=4', '-o', 'a', '--plain', '--force', '--unchecked', '--json'])).toBe(
    undefined,
  );
  expect(errorOf(['report', 'model.json', '--json'])).toBe(undefined);
});

it('the help lists each option', () => {
  for (const option of [
    '--sparsity',
    '--values',
    '--out',
    '--plain',
    '--force',
    '--unchecked',
    '--json',
    '--help',
  ]) {
    expect(HELP).toMatch(new RegExp(`^ .*${option}\\b`, 'm'));
  }
});
