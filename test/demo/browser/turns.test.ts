import {Turns} from '../../../demo/browser/worker/turns';

/** A task that ends on demand. */
function job(log: string[], name: string) {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const act = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
  };
  return {act, end, ended};
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('runs commands one after the other, and answers questions in between', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [first, second, question] = ['first', 'second', 'question'].map((name) => job(log, name));
    const commands = [turns.command(first.act), turns.command(second.act)];
    await settled();
    const all = [...commands, turns.question(question.act)];
    await settled();
    expect(log).toEqual(['first begins']);
    for (const {end} of [second, question, first]) end();
    await Promise.all(all);
    expect(log.slice(1)).toEqual([
      'first ends',
      'question begins',
      'question ends',
      'second begins',
      'second ends',
    ]);
  });

  it('answers questions while a command pauses, and runs no other command', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const [pause, question, late, other] = ['pause', 'question', 'late', 'other'].map((name) =>
      job(log, name),
    );
    const run = turns.command(async () => {
      log.push('run begins');
      await turns.pause(() => pause.ended);
      log.push('run ends');
    });
    const after = turns.command(other.act);
    await settled();
    const asked = turns.question(question.act);
    await settled();
    expect(log).toEqual(['run begins', 'question begins']);
    const askedLate = turns.question(late.act);
    pause.end();
    await settled();
    // The command continues only after the current question.
    expect(log).toEqual(['run begins', 'question begins']);
    for (const {end} of [question, late, other]) end();
    await Promise.all([run, after, asked, askedLate]);
    expect(log.slice(2)).toEqual([
      'question ends',
      'late begins',
      'late ends',
      'run ends',
      'other begins',
      'other ends',
    ]);
  });

  it('continues after a command, a question or a pause that fails', async () => {
    const turns = new Turns();
    const fail = () => Promise.reject(new Error('broken'));
    const results = await Promise.allSettled([
      turns.command(fail),
      turns.question(fail),
      turns.command(() => turns.pause(fail)),
      turns.command(async () => 'command'),
      turns.question(async () => 'question'),
    ]);
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    ).toEqual(['broken', 'broken', 'broken', 'command', 'question']);
  });
});
