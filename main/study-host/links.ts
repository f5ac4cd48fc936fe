import { randomBytes } from 'node:crypto';
import {
  loadLinks,
  saveLinks,
  type ParticipantLink,
  type ParticipantLinks,
} from '../../core/project/participant-links-file.ts';
import type { StudyPlace } from '../../core/project/participant-files.ts';
import { createQueue } from '../../core/queue.ts';
import { isEqualSecret } from '../http/own-pages.ts';

const SECRET_BYTES = 24;
const NO_LINK = { token: null, pending: null, browser: null } as const;

/**
 * Who may answer as which participant. A link's token is good for one browser: it is changed for a secret that the browser keeps,
 * and is used up when the browser comes back with that, so that a reply that is lost locks nobody out. What is kept are hashes.
 */
export class Links {
  readonly #place: StudyPlace;
  readonly #inTurn = createQueue();
  #known: ParticipantLinks;

  private constructor(place: StudyPlace, known: ParticipantLinks) {
    this.#place = place;
    this.#known = known;
  }

  /** The links of a study, as they were left. */
  static async open(place: StudyPlace): Promise<Links> {
    return new Links(place, await loadLinks(place));
  }

  /** Where they lead; 0 where the study was never served. */
  get port(): number {
    return this.#known.port;
  }

  /** Says where the links lead from now on. */
  keepPort(port: number): Promise<void> {
    return this.#inTurn(() => this.#save({ ...this.#known, port }));
  }

  /** Numbers that have a link, used or not. */
  get participants(): readonly number[] {
    return this.#known.links.map(({ participant }) => participant);
  }

  /** Has a browser opened the link? */
  isOpened(participant: number): boolean {
    const link = this.#of(participant);
    return link.browser !== null || link.pending !== null;
  }

  /**
   * Makes a new link's token for each of some participants; one that was not used is worth nothing any more. A browser that answers
   * already may go on until the new link is opened.
   */
  issue(participants: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return this.#inTurn(async () => {
      const tokens = new Map(participants.map((participant) => [participant, newSecret()]));
      const changed = [...tokens].map(([participant, token]) => ({
        ...this.#of(participant),
        token: this.#hash(token),
        pending: null,
      }));
      await this.#put(changed);
      return tokens;
    });
  }

  /** Changes a token for the secret of the browser that brings it; undefined where it is wrong or used up. */
  redeem(participant: number, token: string): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const link = this.#of(participant);
      if (!this.#fits(link.token, token)) return undefined;
      const secret = newSecret();
      await this.#put([{ ...link, pending: this.#hash(secret) }]);
      return secret;
    });
  }

  /** Is one of these the secret of the browser that answers as this participant? The first time it uses the token up. */
  admits(participant: number, secrets: readonly string[]): Promise<boolean> {
    const isThe = (hash: string | null): boolean => secrets.some((secret) => this.#fits(hash, secret));
    if (isThe(this.#of(participant).browser)) return Promise.resolve(true);
    if (!isThe(this.#of(participant).pending)) return Promise.resolve(false);
    return this.#inTurn(async () => {
      const link = this.#of(participant);
      if (isThe(link.browser)) return true;
      if (!isThe(link.pending)) return false;
      await this.#put([{ ...NO_LINK, participant, browser: link.pending }]);
      return true;
    });
  }

  #of(participant: number): ParticipantLink {
    const found = this.#known.links.find((link) => link.participant === participant);
    return found ?? { participant, ...NO_LINK };
  }

  #put(changed: readonly ParticipantLink[]): Promise<void> {
    const numbers = new Set(changed.map(({ participant }) => participant));
    const others = this.#known.links.filter(({ participant }) => !numbers.has(participant));
    const links = [...others, ...changed].sort((a, b) => a.participant - b.participant);
    return this.#save({ ...this.#known, links });
  }

  async #save(links: ParticipantLinks): Promise<void> {
    await saveLinks(this.#place, links);
    this.#known = links;
  }

  #fits(hash: string | null, secret: string): boolean {
    return hash !== null && isEqualSecret(this.#hash(secret), hash);
  }

  #hash(secret: string): string {
    return this.#place.storage.sha256(new TextEncoder().encode(secret));
  }
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
