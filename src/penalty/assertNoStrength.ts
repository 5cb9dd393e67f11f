import {assertNoArguments} from '../util/options';

/** Throws if a penalty without options got an argument, which is mostly meant as its strength. */
export function assertNoStrength(name: string, given: IArguments): void {
  assertNoArguments(name, given, `give the strength to sparsityLoss({penalty: ${name}(), strength: 0.1})`);
}
