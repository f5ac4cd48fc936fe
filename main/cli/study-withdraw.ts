import { TesseraError } from '../../core/errors.ts';
import { withdrawUnserved } from '../../core/project/participant-withdrawal.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { loadStudy, studyPath } from '../../core/project/study-folder.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { thisProcess } from '../../core/runtime/this-process.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { parseArguments } from './arguments.ts';

const HINT = 'tessera study withdraw model.tessera study1 3';

/** `study withdraw PROJECT STUDY NUMBER`: deletes at once all that a participant answered, also of a study that is void. */
export async function studyWithdraw(argv: readonly string[]): Promise<void> {
  const { positionals } = parseArguments(argv, {});
  const [folder, id, given, ...more] = positionals;
  if (folder === undefined || id === undefined || given === undefined || more.length > 0)
    throw new TesseraError(
      'bad-usage',
      'study withdraw takes a project folder, the id of a study and the number of a participant.',
      { hint: HINT },
    );
  const participant = Number(given);
  if (!/^\d{1,6}$/.test(given) || participant < 1)
    throw new TesseraError(
      'bad-usage',
      `The number of a participant is a whole number from 1 to 999999; got "${given}".`,
      { hint: HINT },
    );
  const project = await openProject(fileStorage, folder);
  const { sha256 } = await loadStudy(project, id);
  const place = { storage: fileStorage, folder: studyPath(project, id), sha256 };
  const deleted = await withdrawUnserved(place, thisProcess, participant);
  console.log(
    deleted === 0
      ? `Participant ${participant} is withdrawn; no answers of theirs were kept.`
      : `Participant ${participant} is withdrawn: ${countOf(deleted, 'answer')} deleted.`,
  );
  console.log(
    'Tables and reports that were written before, and copies of the study elsewhere, are as they were: write or delete them anew.',
  );
}
