import { TesseraError } from '../../core/errors.ts';
import { makeStudy } from '../../core/pipeline/study/make-study.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { freezeStudy } from '../../core/project/study-folder.ts';
import { studyPower, type StudyPower } from '../../core/study/analysis/study-power.ts';
import type { Study } from '../../core/study/study.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { readConsent, readStudyRequest, STUDY_OPTIONS } from './study-arguments.ts';
import { studyFacts, studyText } from './study-output.ts';

/**
 * `study new PROJECT --kind KIND --consent FILE|TEXT`: draws a study from finished runs and freezes it in the project's
 * folder, before anybody takes part.
 */
export async function studyNew(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, {
    ...STUDY_OPTIONS,
    consent: { type: 'string', takes: 'a text file, or a text' },
    json: { type: 'boolean' },
  });
  const environment = createNodeEnvironment();
  const project = await openProject(environment.storage, projectFolderOf(args, 'new'));
  const consent = await readConsent(args);
  const request = { ...(await readStudyRequest(args, project)), consent };
  const openModel = (run: Parameters<typeof runModel>[2]) => runModel(environment, project, run);
  const work = { signal, onProgress: progressPrinter(process.stderr) };
  const made = await makeStudy({ environment, project, openModel }, request, work);
  const frozen = await freezeStudy(project, environment.self, made.content, made.pictures);
  const facts = { ...studyFacts(frozen), power: powerOf(frozen.study), notes: made.notes };
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(studyText(facts)));
}

/** Accuracy without an explanation, and differences in points of it, for which the power is told. */
const [SUPPOSED_ACCURACY, EFFECTS] = [0.65, [0.05, 0.1, 0.15]];

/** Chance that the primary test sees a difference, by simulation; null for studies without one. */
function powerOf({ material, contrast, participants, seed }: Study): StudyPower[] | null {
  if (material.kind !== 'utility' || contrast === null) return null;
  const pictures = Math.round(
    material.sessions.reduce((sum, { test }) => sum + test.length / material.sessions.length, 0),
  );
  const sessions = material.sessions.length;
  return EFFECTS.map((effect) =>
    studyPower({ participants, sessions, pictures, accuracy: SUPPOSED_ACCURACY, effect, seed }),
  );
}

/** The one project folder that a command of studies takes. */
export function projectFolderOf({ positionals }: ParsedArguments, command: string): string {
  const [folder, ...more] = positionals;
  if (folder !== undefined && more.length === 0) return folder;
  throw new TesseraError(
    'bad-usage',
    `study ${command} takes one project folder, got ${positionals.length}.`,
    {
      hint: `tessera study ${command} model.tessera`,
    },
  );
}
