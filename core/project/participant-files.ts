import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import {
  beginning,
  linesOf,
  readParticipantLog,
  withEvent,
  type ParticipantEvent,
  type ParticipantLog,
} from '../study/participant-log.ts';
import type { StudyData } from '../study/trial.ts';

/*
 * studies/ID/participants/NNN.jsonl: what one participant answered, a line an event (core/study/participant-log.ts). A line
 * is added and flushed to the disk before the participant is told that it is kept.
 */

/** Where a study lies, and which it is. */
export interface StudyPlace {
  readonly storage: Storage;
  /** `studies/ID` of the project. */
  readonly folder: string;
  /** Hash of the study: answers to another one are refused. */
  readonly sha256: string;
}

const NAME = /^(\d{3,6})\.jsonl$/;

/**
 * What is known of a participant; undefined where they have not begun. A last line that was cut off is not there.
 *
 * Throws   TesseraError 'bad-project' for a damaged file, or for answers to another study.
 */
export async function loadParticipant(
  place: StudyPlace,
  participant: number,
): Promise<ParticipantLog | undefined> {
  return (await readFile(place, participant))?.log;
}

/**
 * Adds what happened to what is known of a participant, and returns all of it. What had been cut off at the file's end is
 * removed before. When it rejects, a part may have been kept: load the participant anew before anything else is added.
 */
export async function addParticipantEvents(
  place: StudyPlace,
  participant: number,
  events: readonly ParticipantEvent[],
): Promise<ParticipantLog> {
  const { storage } = place;
  const path = pathOf(place, participant);
  const found = await readFile(place, participant);
  const log = events.reduce<ParticipantLog | undefined>(
    (before, event) => (before === undefined ? firstOf(event) : withEvent(before, event)),
    found?.log,
  );
  if (log === undefined) throw notBegun(participant);
  await storage.makeDirectory(storage.dirname(path));
  if (found === undefined) await storage.writeAtomic(path, linesOf(events));
  else {
    if (found.whole !== found.text) await storage.writeAtomic(path, found.whole);
    await storage.append(path, linesOf(events));
  }
  return log;
}

/** Deletes all that a participant answered, at once; that they withdrew is all that stays. */
export async function withdrawParticipant(
  place: StudyPlace,
  participant: number,
  condition: string,
): Promise<ParticipantLog> {
  const { storage, sha256 } = place;
  const event = { event: 'withdrawn', study: sha256, participant, condition } as const;
  const path = pathOf(place, participant);
  await storage.makeDirectory(storage.dirname(path));
  await storage.writeAtomic(path, linesOf([event]));
  return beginning(event);
}

/** All participants of a study that have begun, by number. */
export async function loadParticipants(place: StudyPlace): Promise<ParticipantLog[]> {
  const { storage, folder } = place;
  const entries = await storage.list(storage.join(folder, 'participants')).catch(() => []);
  const numbers = entries.flatMap(({ name }) => {
    const digits = NAME.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  const logs: ParticipantLog[] = [];
  for (const participant of numbers.sort((a, b) => a - b)) {
    const log = await loadParticipant(place, participant);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

/** All that a study's participants answered, also while it is under way. */
export async function loadStudyData(place: StudyPlace): Promise<StudyData> {
  const logs = await loadParticipants(place);
  return {
    study: place.sha256,
    participants: logs.map(({ participant }) => participant),
    trials: logs.flatMap(({ trials }) => trials),
  };
}

async function readFile(place: StudyPlace, participant: number) {
  const { storage, sha256 } = place;
  const path = pathOf(place, participant);
  if (!(await storage.exists(path))) return undefined;
  const text = new TextDecoder().decode(await storage.readBytes(path));
  const found = withPath(path, () => readParticipantLog(text));
  if (found === undefined) return undefined;
  const { study, participant: whose } = found.log;
  if (study !== sha256) throw ofOther(path, `another study (${study.slice(0, 12)}…)`);
  if (whose.participant !== participant) throw ofOther(path, `participant ${whose.participant}`);
  return { ...found, text };
}

function pathOf({ storage, folder }: StudyPlace, participant: number): string {
  return storage.join(folder, 'participants', `${String(participant).padStart(3, '0')}.jsonl`);
}

function firstOf(event: ParticipantEvent): ParticipantLog | undefined {
  return event.event === 'started' ? beginning(event) : undefined;
}

function withPath<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    const { code, message, hint } = error;
    throw new TesseraError(code, `${message.replace(/\.$/, '')} (${path}).`, {
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
}

function ofOther(path: string, whose: string): TesseraError {
  return new TesseraError('bad-project', `study: ${path} holds answers of ${whose}.`, {
    hint: 'Move it to where it belongs; files of several machines are merged by the analysis.',
  });
}

function notBegun(participant: number): TesseraError {
  return new TesseraError('bad-project', `study: participant ${participant} has not begun.`);
}
