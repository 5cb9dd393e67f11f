import {type Allowed, allowed, defaults, fromHash, toHash} from '../../../demo/browser/settings';

const words: Allowed = allowed({
  importance: ['magnitude()', 'magnitude({p: 2})', 'random()'],
  pattern: ['element()'],
  allocation: ['global()'],
  schedule: ['polynomial'],
  penalty: ['l1()'],
});

describe('the settings in an address', () => {
  it('are the defaults for an empty address, and the defaults have an empty address', () => {
    expect(fromHash('', words)).toEqual({settings: defaults, problems: []});
    expect(toHash(defaults)).toBe('');
  });

  it('are restored, also calls of choices', () => {
    const settings = {
      ...defaults,
      sparsity: 99.5,
      importance: 'magnitude({p: 2})',
      penalty: 'l1()',
      seed: 7,
      twin: 0,
    };
    expect(fromHash(toHash(settings), words)).toEqual({settings, problems: []});
    expect(toHash({...defaults, penalty: 'l1()'})).toBe('#penalty=l1');
  });

  it.each([
    '#sparsity=101',
    '#sparsity=',
    '#epochs=1.5',
    '#bits=1',
    '#digits=70000',
    '#importance=fetch("/")',
    '#network=vgg',
    '#unknown=1',
    '#__proto__=1',
  ])('use the default for %s, and report it', (hash) => {
    const {settings, problems} = fromHash(hash, words);
    expect(settings).toEqual(defaults);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/which is not valid; the default is used/);
  });
});
