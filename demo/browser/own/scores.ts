/** A bar for each class, and the best class in words. */
export class Scores {
  readonly #list: HTMLElement;
  readonly #best: HTMLElement;
  readonly #names: readonly string[];

  constructor(list: HTMLElement, best: HTMLElement, names: readonly string[]) {
    this.#list = list;
    this.#best = best;
    this.#names = names;
    list.replaceChildren(
      ...names.map((name) => {
        const bar = document.createElement('li');
        for (const [tag, text] of [
          ['span', name],
          ['i', ''],
          ['b', ''],
        ]) {
          bar.append(Object.assign(document.createElement(tag), {textContent: text}));
        }
        return bar;
      }),
    );
  }

  show(scores: Float32Array): void {
    const best = scores.indexOf(Math.max(...scores));
    [...this.#list.children].forEach((bar, i) => {
      bar.className = i === best ? 'best' : '';
      (bar as HTMLElement).style.setProperty('--score', String(scores[i]));
      (bar.lastChild as HTMLElement).textContent = `${Math.floor(scores[i] * 100)} %`;
    });
    // Screen readers repeat each change.
    if (this.#best.textContent !== this.#names[best]) this.#best.textContent = this.#names[best];
  }
}
