import { TesseraError } from '../errors.ts';
import { tryLock, type Lock, type ProcessIdentity } from './lock-file.ts';
import type { StudyPlace } from './participant-files.ts';

/**
 * Takes a study for one process alone, which may then serve it or change what participants answered.
 *
 * Throws   TesseraError 'bad-project' while another process has it; `hint` says what to do then.
 */
export async function lockStudy(
  { storage, folder }: StudyPlace,
  self: ProcessIdentity,
  hint: string,
): Promise<Lock> {
  const outcome = await tryLock(storage, storage.join(folder, 'serve.lock'), self);
  if ('lock' in outcome) return outcome.lock;
  const { holder } = outcome;
  const who = holder && ` (process ${holder.pid} on ${holder.host}, since ${holder.since})`;
  throw new TesseraError('bad-project', `study: another Tessera serves this study${who ?? ''}.`, { hint });
}
