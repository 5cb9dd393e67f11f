import {Problem} from './components/problem';
import {byId} from './dom';
import {Ended} from './remote';

/** The error message of the page. */
export const problem = new Problem();

/** Returns the result of a call, or undefined after showing its error beside an element. */
export async function attempt<Result>(
  beside: HTMLElement | null,
  act: () => Promise<Result>,
  what = '',
): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Ended) return undefined;
    const {message} = error as Error;
    problem.show(what ? `${what}: ${message}.` : message, beside ?? undefined);
    return undefined;
  }
}

/** A section of the page by its class. */
export function section(name: string): HTMLElement {
  return document.querySelector(`section.${name}`) ?? byId('problem');
}
