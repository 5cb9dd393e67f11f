import {type Allowed, fromHash, type Settings, toHash} from './settings';

/** The settings, kept in the address of the page. */
export class Address {
  readonly #words: Allowed;
  #settings: Settings;
  /** Messages about invalid settings in the address that was opened. */
  problems: string[] = [];

  constructor(words: Allowed) {
    this.#words = words;
    this.#settings = this.opened();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    history.replaceState(null, '', toHash(settings) || location.pathname + location.search);
  }

  /** The settings of the present address, and of nothing else. */
  opened(): Settings {
    const {settings, problems} = fromHash(location.hash, this.#words);
    this.problems = problems;
    return settings;
  }

  change(change: Partial<Settings>): void {
    this.settings = {...this.#settings, ...change};
  }

  /** Applies the settings in a hash, and keeps the others. */
  apply(hash: string): void {
    this.settings = fromHash(hash, this.#words, this.#settings).settings;
  }
}
