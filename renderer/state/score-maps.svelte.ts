import type { ScoreMapNews, ScoreMaps, ScoreMapsQuery } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';
import { saveAndTell } from './tell-saved.ts';

/** Where the score of the setup's model comes from in some pictures. */
export class ScoreMapsState {
  query = $state.raw<ScoreMapsQuery>({ method: 'occlusion', count: 8, classIndex: null });
  /** All that was drawn, or what is drawn so far. */
  readonly found = new Loadable<ScoreMaps>();
  isSaving = $state(false);
  #asked: ScoreMapsQuery | undefined;
  readonly #connection: Connection;
  readonly #notices: Telling;

  constructor(connection: Connection, notices: Telling) {
    this.#connection = connection;
    this.#notices = notices;
  }

  draw(): void {
    const asked = this.query;
    this.#asked = asked;
    this.found.set(undefined);
    void this.found.load(() => this.#connection.api.drawScoreMaps(asked));
  }

  /** One map more, of what this page waits for; a process that was started anew tells of all once more. */
  take({ query, found }: ScoreMapNews): void {
    if (!this.found.isLoading || JSON.stringify(query) !== JSON.stringify(this.#asked)) return;
    const before = this.found.value?.maps ?? [];
    const fresh = found.maps.filter(({ file }) => !before.some((map) => map.file === file));
    this.found.value = { ...found, maps: [...before, ...fresh] };
  }

  /** Another model or other pictures: what was drawn is not of them. */
  clear(): void {
    this.found.set(undefined);
    this.query = { ...this.query, classIndex: null };
  }

  async save(): Promise<void> {
    this.isSaving = true;
    await saveAndTell(this.#notices, () => this.#connection.api.saveScoreMaps());
    this.isSaving = false;
  }
}
