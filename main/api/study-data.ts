import type { ProjectKey } from './run-data.ts';

/*
 * Studies with people, as the researcher leads them: which there are, who answers, and where. What a participant sees is in
 * study-page-data.ts. See contract.ts.
 */

/** Names a study of a project. */
export interface StudyKey {
  readonly project: ProjectKey;
  readonly study: string;
}

/** How many participants of a study are how far. */
export interface StudyCounts {
  /** Those who agreed to take part and did not withdraw. */
  readonly begun: number;
  /** Of these. */
  readonly finished: number;
  readonly withdrawn: number;
}

/** A study in a list. */
export interface StudySummary extends StudyKey {
  readonly title: string;
  readonly kind: 'utility' | 'intruder' | 'choice';
  /** ISO 8601, UTC. */
  readonly frozen: string;
  readonly conditions: readonly string[];
  /** Participants over all conditions. */
  readonly planned: number;
  /** Why its answers prove nothing any more; empty as long as it stands. A void study is not served. */
  readonly voidBecause: readonly string[];
  readonly counts: StudyCounts;
}

/** A study whose files cannot be read, and why. */
export interface DamagedStudy extends StudyKey {
  readonly problem: string;
}

/** A participant of a study that is served. */
export interface ServedParticipant {
  readonly participant: number;
  /** Null once it was opened, and after a new start of the program, which keeps no link: ask for a new one. */
  readonly link: string | null;
  /** `waiting`: not agreed yet; `isOpened` says whether the link was opened. */
  readonly status: 'waiting' | 'started' | 'finished' | 'withdrawn';
  readonly isOpened: boolean;
  readonly answered: number;
  readonly questions: number;
}

/** A study that can be answered now. */
export interface ServedStudy extends StudyKey {
  /** As it stands in links: 127.0.0.1 for this machine alone. */
  readonly address: string;
  readonly port: number;
  /** What it means to serve on a network; null where only this machine hears. To be shown as long as it is served. */
  readonly warning: string | null;
  readonly participants: readonly ServedParticipant[];
}

/** The kiosk: one participant on this screen, and nothing else. */
export interface KioskState {
  readonly participant: number;
  /** The researcher's keys, to be told before it begins: nothing else leaves it. `next` works once the participant is done. */
  readonly keys: { readonly leave: string; readonly next: string };
}

/** Studies with people. The event `study` tells that something of a served one has changed. */
export interface StudyApi {
  /** The studies of a project in the order in which they were made; looks whether each still stands. */
  listStudies(query: { readonly project: ProjectKey }): Promise<readonly (StudySummary | DamagedStudy)[]>;
  /** Null while it is not served. */
  getServedStudy(query: StudyKey): Promise<ServedStudy | null>;
  /**
   * Serves a study, and makes links for participants who have none: `participants` of them from number `first` (1) on. Without
   * `address` only this machine hears it. Rejects for a void study, one that another process serves, an address or port that
   * cannot be had.
   */
  serveStudy(
    query: StudyKey & {
      readonly participants: number;
      readonly first?: number;
      readonly address?: string;
      readonly port?: number;
    },
  ): Promise<ServedStudy>;
  /** Ends it; all answers are kept, and links stay good for the next time. */
  stopStudy(query: StudyKey): Promise<null>;
  /** A new link for a participant of a served study, as to go on in another browser; the old one is worth nothing then. */
  renewStudyLink(query: StudyKey & { readonly participant: number }): Promise<ServedStudy>;
  /**
   * Deletes for good what a participant answered, as they asked the researcher to; null where the study is not served. Rejects
   * for a number that has not begun, and while another process serves the study.
   */
  withdrawParticipant(query: StudyKey & { readonly participant: number }): Promise<ServedStudy | null>;
  /**
   * Fills the screen with the page of the next participant, or of one who is named: who was interrupted, or the first of this
   * machine where several have numbers of their own; those who come after have the next numbers. Rejects in a browser, which
   * has no kiosk.
   */
  startKiosk(query: StudyKey & { readonly participant?: number }): Promise<KioskState>;
}
