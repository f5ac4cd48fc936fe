import type { NamedShare, RunKey, RunObjects } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** How much of one run's concepts lies in the boxes or masks of the project. */
export class MarkedObjects {
  readonly found = new Loadable<RunObjects | null>();
  /** What the objects are called that are looked at; null for all of them. */
  kind = $state<string | null>(null);
  readonly #connection: Connection;
  readonly #run: RunKey;
  #asked: string | undefined;

  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
  }

  /** Of the kind that is looked at, those that seek the objects most first. */
  readonly shares = $derived.by((): readonly NamedShare[] => {
    const { value } = this.found;
    const own = value?.kinds.find(({ name }) => name === this.kind);
    return own?.shares ?? value?.shares ?? [];
  });

  /** Reads what marks of this path say, once; null where there are none. */
  read(marks: string | null): void {
    if (this.#asked === (marks ?? '')) return;
    this.#asked = marks ?? '';
    this.kind = null;
    if (marks === null) this.found.set(null);
    else void this.found.load(() => this.#connection.api.getObjects(this.#run));
  }

  /** Of one concept: in any object, and in the kind of objects that it seeks most, where it seeks one. */
  sharesOf(
    concept: string,
  ): { readonly all: NamedShare; readonly most?: NamedShare & { kind: string } } | undefined {
    const { value } = this.found;
    const of = (shares: readonly NamedShare[]) => shares.find((share) => share.concept === concept);
    const all = of(value?.shares ?? []);
    if (all === undefined) return undefined;
    const kinds = (value?.kinds ?? []).flatMap(({ name, shares }) => {
      const own = of(shares);
      return own === undefined || own.low <= 0 ? [] : [{ ...own, kind: name }];
    });
    const most = kinds.reduce<(typeof kinds)[number] | undefined>(
      (so, own) => (so === undefined || own.difference > so.difference ? own : so),
      undefined,
    );
    return { all, ...(most && { most }) };
  }
}
