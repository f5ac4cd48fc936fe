import { TesseraError } from '../../core/errors.ts';
import {
  addParticipantEvents,
  loadParticipant,
  withdrawParticipant,
  type StudyPlace,
} from '../../core/project/participant-files.ts';
import { createQueue } from '../../core/queue.ts';
import type { ParticipantEvent, ParticipantLog } from '../../core/study/participant-log.ts';
import type { ParticipantPlan } from '../../core/study/participant-plan.ts';
import { planParticipant } from '../../core/study/plan-participant.ts';
import type { Study, StudyPicture } from '../../core/study/study.ts';
import {
  answersOffered,
  asksConfidence,
  eventsOfStep,
  nextStep,
  type GivenAnswer,
} from '../../core/study/taking-part.ts';
import type { ParticipantAction, ParticipantView } from '../api/contract.ts';
import { feedbackOn } from './feedback.ts';
import { SeatPictures } from './seat-pictures.ts';

type Answer = Extract<ParticipantAction, { kind: 'answer' }>;

/** How far a participant is. */
export interface SeatState {
  readonly status: 'waiting' | 'started' | 'finished' | 'withdrawn';
  /** Questions answered, of all that there are for them. */
  readonly answered: number;
  readonly questions: number;
}

/**
 * Where one participant sits: knows their way and what they have answered, and keeps every answer on the disk before it says so.
 * What is asked at once is done one after the other.
 */
export class Seat {
  readonly #study: Study;
  readonly #place: StudyPlace;
  readonly #plan: ParticipantPlan;
  readonly #pictures: SeatPictures;
  readonly #inTurn = createQueue();
  /** As it lies on the disk; null where it has to be read first. */
  #log: { readonly known: ParticipantLog | undefined } | null = null;

  constructor(study: Study, place: StudyPlace, participant: number) {
    this.#study = study;
    this.#place = place;
    this.#plan = planParticipant(study, participant);
    this.#pictures = new SeatPictures(study, place, this.#plan);
  }

  /** What the participant sees now. */
  view(): Promise<ParticipantView> {
    return this.#inTurn(async () => this.#viewOf(await this.#load()));
  }

  /** How far the participant is. */
  state(): Promise<SeatState> {
    return this.#inTurn(async () => {
      const log = await this.#load();
      const questions = this.#plan.steps.filter(({ kind }) => kind === 'ask').length;
      const answered = log?.trials.length ?? 0;
      return { status: log?.participant.status ?? 'waiting', answered, questions };
    });
  }

  /**
   * Does what the participant did, and shows what comes next. What was done already is not done again: an answer stays as it was
   * given first.
   *
   * Throws   TesseraError 'bad-usage' for what cannot be done here; 'storage' where it could not be kept.
   */
  act(action: ParticipantAction): Promise<ParticipantView> {
    return this.#inTurn(async () => {
      const log = await this.#load();
      switch (action.kind) {
        case 'agree':
          return this.#viewOf(log ?? (await this.#begin()));
        case 'decline':
          return this.#viewOf(log ?? (await this.#withdraw()));
        case 'withdraw':
          return this.#viewOf(log?.participant.status === 'withdrawn' ? log : await this.#withdraw());
        case 'go-on':
        case 'answer':
          return this.#advance(log, action);
      }
    });
  }

  /** A picture by the name that it has for this participant, where it belongs to a step that they have come to, or the next. */
  async pictureOf(key: string): Promise<StudyPicture | undefined> {
    return this.#pictures.find(key, await this.#inTurn(async () => this.#at(await this.#load())));
  }

  async #advance(
    log: ParticipantLog | undefined,
    action: Extract<ParticipantAction, { at: number }>,
  ): Promise<ParticipantView> {
    const at = this.#at(log);
    if (log?.participant.status === 'withdrawn') return this.#viewOf(log);
    // A reply was lost, or a button pressed twice: it is kept already.
    if (log !== undefined && action.at < at) return this.#viewOf(log, action);
    if (log?.participant.status !== 'started' || action.at !== at)
      throw elsewhere(action.at, log === undefined ? 0 : at);
    const given = this.#answerIn(action);
    const next = await this.#add(eventsOfStep(this.#study, this.#plan, log, given));
    return this.#viewOf(next, action);
  }

  #answerIn(action: Extract<ParticipantAction, { at: number }>): GivenAnswer | undefined {
    const step = this.#plan.steps[action.at];
    if (step.kind !== 'ask') {
      if (action.kind === 'answer') throw new TesseraError('bad-usage', 'study: nothing is asked here.');
      return undefined;
    }
    if (action.kind !== 'answer')
      throw new TesseraError('bad-usage', 'study: a question is asked here; it has to be answered first.');
    this.#requireAnswer(action, answersOffered(this.#study, step), asksConfidence(this.#study, step));
    const { place, confidence, milliseconds } = action;
    return { place, confidence, milliseconds };
  }

  #requireAnswer({ place, confidence }: Answer, offered: number, isAsked: boolean): void {
    if (place >= offered)
      throw new TesseraError('bad-usage', `study: ${offered} answers were offered; got the one at ${place}.`);
    if ((confidence !== null) !== isAsked)
      throw new TesseraError(
        'bad-usage',
        `study: how sure one is ${isAsked ? 'was asked and not told' : 'was told and not asked'}.`,
      );
  }

  #at(log: ParticipantLog | undefined): number {
    return log === undefined ? 0 : nextStep(this.#plan, log);
  }

  #viewOf(log: ParticipantLog | undefined, after?: ParticipantAction): ParticipantView {
    const at = this.#at(log);
    const { title } = this.#study;
    const last = this.#plan.steps.length - 1;
    const isGone = log?.participant.status === 'withdrawn';
    const next = isGone ? [] : this.#pictures.addressesOf(Math.min(at + 1, last));
    return {
      title,
      participant: this.#plan.participant,
      at,
      progress: { done: at, of: last },
      step: isGone ? { kind: 'withdrawn' } : this.#pictures.shown(at),
      preload: next,
      feedback: log !== undefined && after?.kind === 'answer' ? this.#feedback(log, after.at) : null,
    };
  }

  #feedback(log: ParticipantLog, at: number) {
    const { material } = this.#study;
    return material.kind === 'utility' ? feedbackOn(this.#plan, log, at, material.answers) : null;
  }

  async #load(): Promise<ParticipantLog | undefined> {
    this.#log ??= { known: await loadParticipant(this.#place, this.#plan.participant) };
    return this.#log.known;
  }

  #begin(): Promise<ParticipantLog> {
    const { participant, condition } = this.#plan;
    const started = { event: 'started', study: this.#place.sha256, participant, condition } as const;
    return this.#add([started, { event: 'passed', step: 0 }]);
  }

  #add(events: readonly ParticipantEvent[]): Promise<ParticipantLog> {
    return this.#keep(() => addParticipantEvents(this.#place, this.#plan.participant, events));
  }

  #withdraw(): Promise<ParticipantLog> {
    const { participant, condition } = this.#plan;
    return this.#keep(() => withdrawParticipant(this.#place, participant, condition));
  }

  /** Where it fails nobody knows what is on the disk: it is read anew the next time. */
  async #keep(write: () => Promise<ParticipantLog>): Promise<ParticipantLog> {
    this.#log = null;
    const known = await write();
    this.#log = { known };
    return known;
  }
}

function elsewhere(asked: number, at: number): TesseraError {
  return new TesseraError(
    'bad-usage',
    `study: step ${asked} is not the one to be done now, which is ${at}.`,
    {
      hint: 'Reload the page.',
    },
  );
}
