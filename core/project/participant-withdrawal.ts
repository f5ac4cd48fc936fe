import { TesseraError } from '../errors.ts';
import type { ProcessIdentity } from './lock-file.ts';
import {
  loadParticipant,
  loadParticipants,
  withdrawParticipant,
  type StudyPlace,
} from './participant-files.ts';
import { lockStudy } from './study-lock.ts';

/** Numbers told to whoever named none of them. */
const MOST_TOLD = 20;

/**
 * Deletes what a participant answered, of a study that nobody serves, as they asked the researcher to; returns how many answers
 * that were. Whoever withdrew before has none.
 *
 * Throws   TesseraError 'unknown-name' for a number that has not begun; 'bad-project' while the study is served, whose host
 *          would go on with what it knows of the participant.
 */
export async function withdrawUnserved(
  place: StudyPlace,
  self: ProcessIdentity,
  participant: number,
): Promise<number> {
  const lock = await lockStudy(
    place,
    self,
    'Delete the answers in the window that serves it, or stop that one first.',
  );
  try {
    const log = await loadParticipant(place, participant);
    if (log === undefined) throw await notBegun(place, participant);
    await withdrawParticipant(place, participant, log.participant.condition);
    return log.trials.length;
  } finally {
    await lock.release().catch(() => undefined);
  }
}

/** That there is nothing to delete of a number, and which numbers there are. */
export async function notBegun(place: StudyPlace, participant: number): Promise<TesseraError> {
  const known = (await loadParticipants(place)).map((log) => String(log.participant.participant));
  const told = known.slice(0, MOST_TOLD);
  const rest = known.length - told.length;
  const named = told.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return new TesseraError(
    'unknown-name',
    `study: participant ${participant} has not begun, so that there is nothing to delete.`,
    { hint: known.length === 0 ? 'Nobody has begun yet.' : `Those who have: ${named}.` },
  );
}
