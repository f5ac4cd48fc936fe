import { TesseraError } from '../../errors.ts';
import type { Project } from '../../project/project-folder.ts';
import { freezeStudy, type StudiesFolder } from '../../project/study-folder.ts';
import { mindMaker } from '../../study/simulated/minds.ts';
import type { ReaderName } from '../../study/simulated/reader.ts';
import { simulateStudy } from '../../study/simulated/simulate-study.ts';
import type { FrozenStudy } from '../../study/study.ts';
import type { StudyData } from '../../study/trial.ts';
import { countText } from '../../wording/count-text.ts';
import type { Environment } from '../environment.ts';
import { makeStudy, type StudyMaker } from './make-study.ts';
import type { StudyRequest } from './study-request.ts';
import { readStudyViews } from './study-views.ts';
import type { StudyWork } from './utility-candidates.ts';

/** Who takes part in a dry run. */
export interface SimulatedPeople {
  /** In each condition. */
  readonly participants: number;
  /** Taken in turn. */
  readonly readers: readonly ReaderName[];
  readonly seed: number;
}

/** What became of a dry run. */
export interface DryRun {
  readonly frozen: FrozenStudy;
  readonly data: StudyData;
  readonly notes: readonly string[];
}

/** In each condition; more would tell nothing that so many do not. */
const MOST_PARTICIPANTS = 1000;

/** Consent of nobody: simulated participants are not asked. */
const NO_CONSENT = 'Simulated participants alone: no person takes part.';

/**
 * Lets simulated participants go through a frozen study; nothing is written. Throws 'bad-usage' for more than 1000 in each
 * condition.
 */
export async function simulateFrozen(
  { codec }: Pick<Environment, 'codec'>,
  place: StudiesFolder,
  frozen: FrozenStudy,
  { participants, readers, seed }: SimulatedPeople,
): Promise<StudyData> {
  requireFew(participants);
  const views = await readStudyViews(codec, place, frozen.study);
  const count = participants * frozen.study.conditions.length;
  return simulateStudy(frozen, count, seed, mindMaker(frozen.study, readers, views));
}

/** Makes a study that is not kept, and lets simulated participants go through it. Throws as {@link makeStudy} and {@link simulateFrozen}. */
export async function simulateNew(
  maker: StudyMaker,
  request: Omit<StudyRequest, 'consent'>,
  people: SimulatedPeople,
  work: StudyWork = {},
): Promise<DryRun> {
  requireFew(people.participants);
  const { environment, project } = maker;
  const made = await makeStudy(
    maker,
    { ...request, consent: NO_CONSENT, participants: people.participants },
    work,
  );
  const place = scratchOf(project);
  const { storage } = place;
  await storage.makeDirectory(place.folder);
  try {
    const frozen = await freezeStudy(place, environment.self, made.content, made.pictures);
    return { frozen, data: await simulateFrozen(environment, place, frozen, people), notes: made.notes };
  } finally {
    await storage.remove(place.folder);
  }
}

function requireFew(participants: number): void {
  if (participants <= MOST_PARTICIPANTS) return;
  throw new TesseraError(
    'bad-usage',
    `A dry run takes at most ${countText(MOST_PARTICIPANTS)} simulated participants a condition; got ${countText(participants)}.`,
    { hint: `Take fewer, as 10 or ${MOST_PARTICIPANTS}.`, options: ['participants'] },
  );
}

/** A folder of its own for each dry run: two may be under way. */
function scratchOf({ storage, folder }: Project): StudiesFolder {
  const name = `simulated-${storage.sha256(new TextEncoder().encode(`${Date.now()} ${performance.now()}`)).slice(0, 12)}`;
  return { storage, folder: storage.join(folder, 'cache', name) };
}
