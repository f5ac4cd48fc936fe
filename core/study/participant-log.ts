import { z } from 'zod';
import { TesseraError } from '../errors.ts';
import { TRIAL_KINDS, type Participant, type Trial } from './trial.ts';

/*
 * What is kept of a participant, as events in the order in which they happened: one JSON text a line. Whole trials stand
 * there as they will be analysed, so that no later version can read another answer into them. No names, addresses,
 * devices or times of day.
 */

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const STEP = z.int().nonnegative();

const TRIAL = z.object({
  participant: z.int().positive(),
  condition: z.string(),
  session: z.int().nonnegative(),
  trial: z.int().positive(),
  kind: z.enum(TRIAL_KINDS),
  item: z.string(),
  picture: z.string(),
  concept: z.string().nullable(),
  answer: z.int().nonnegative().nullable(),
  response: z.int().nonnegative(),
  isCorrect: z.boolean().nullable(),
  confidence: z.literal([1, 2, 3, 4, 5]).nullable(),
  milliseconds: z.int().nonnegative(),
});

const WHO = { study: HASH, participant: z.int().positive(), condition: z.string() };
const EVENT = z.discriminatedUnion('event', [
  /** Agreed to take part; `study` is the hash of the study. */
  z.object({ event: z.literal('started'), ...WHO }),
  /** A step without a question is behind the participant: index into the plan's steps. */
  z.object({ event: z.literal('passed'), step: STEP }),
  z.object({ event: z.literal('answered'), step: STEP, trial: TRIAL }),
  z.object({ event: z.literal('quiz'), isPassed: z.boolean() }),
  z.object({ event: z.literal('finished') }),
  /** Instead of everything before. */
  z.object({ event: z.literal('withdrawn'), ...WHO }),
]);

/** Something that happened to a participant; a line of the file. */
export type ParticipantEvent = z.infer<typeof EVENT>;

/** All that is known of one participant. */
export interface ParticipantLog {
  readonly study: string;
  readonly participant: Participant;
  /** Index of the last step that is behind them; -1 where there is none. */
  readonly lastStep: number;
  readonly trials: readonly Trial[];
}

/** The lines of events, each with its end. */
export function linesOf(events: readonly ParticipantEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/**
 * Reads the lines of a participant's file. A last line without its end was cut off by a power cut or a full disk: it is not
 * there, and `whole` is the text without it. Undefined where no line is whole: nothing was answered.
 *
 * Throws   TesseraError 'bad-project' for a line that is none, naming it.
 */
export function readParticipantLog(
  text: string,
): { readonly log: ParticipantLog; readonly whole: string } | undefined {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole === '') return undefined;
  const events = whole.split('\n').slice(0, -1).map(readLine);
  return { log: logOf(events), whole };
}

/**
 * A log with one more thing that happened.
 *
 * Throws   TesseraError 'bad-project' for what cannot follow: a step that is behind the participant, an answer of another
 *          participant, anything after the end.
 */
export function withEvent(log: ParticipantLog, event: ParticipantEvent): ParticipantLog {
  const { participant } = log;
  if (event.event === 'started') throw damaged('a participant who starts twice');
  if (event.event === 'withdrawn') return beginning(event);
  if (participant.status !== 'started') throw damaged(`"${event.event}" after the end`);
  if (event.event === 'finished') return { ...log, participant: { ...participant, status: 'finished' } };
  if (event.event === 'quiz')
    return { ...log, participant: { ...participant, isQuizPassed: event.isPassed } };
  if (event.step <= log.lastStep) throw damaged(`step ${event.step} after step ${log.lastStep}`);
  if (event.event === 'passed') return { ...log, lastStep: event.step };
  const { trial } = event;
  if (trial.participant !== participant.participant || trial.condition !== participant.condition)
    throw damaged(`an answer of participant ${trial.participant}`);
  if (log.trials.some((one) => one.trial === trial.trial))
    throw damaged(`trial ${trial.trial} answered twice`);
  return { ...log, lastStep: event.step, trials: [...log.trials, trial] };
}

/** The log of a participant of whom one thing is known. */
export function beginning(
  event: Extract<ParticipantEvent, { event: 'started' | 'withdrawn' }>,
): ParticipantLog {
  const { study, participant, condition } = event;
  return {
    study,
    participant: { participant, condition, status: event.event, isQuizPassed: null },
    lastStep: -1,
    trials: [],
  };
}

function logOf([first, ...others]: readonly ParticipantEvent[]): ParticipantLog {
  if (first.event !== 'started' && first.event !== 'withdrawn')
    throw damaged(`"${first.event}" before the start`);
  return others.reduce(withEvent, beginning(first));
}

function readLine(line: string, index: number): ParticipantEvent {
  try {
    return EVENT.parse(JSON.parse(line));
  } catch (cause) {
    throw damaged(`line ${index + 1}, which is not what Tessera wrote`, cause);
  }
}

function damaged(what: string, cause?: unknown): TesseraError {
  return new TesseraError('bad-project', `study: the answers of a participant are damaged: ${what}.`, {
    hint: 'Restore the file from a backup, or move it out of the folder participants: its answers then count nowhere.',
    ...(cause !== undefined && { cause }),
  });
}
