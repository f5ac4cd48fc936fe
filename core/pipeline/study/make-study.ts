import { TesseraError } from '../../errors.ts';
import type { Project } from '../../project/project-folder.ts';
import { isAboutParts, type StudyContent } from '../../project/study-folder.ts';
import { frameFaults, ONLY_CONDITION } from '../../study/study-faults.ts';
import type { StudyMaterial } from '../../study/study.ts';
import type { Environment } from '../environment.ts';
import { makeUtility } from './make-utility.ts';
import { makeChoice, makeIntruder } from './make-crops.ts';
import { createPictureMaker, type PictureMaker } from './picture-maker.ts';
import { checkConditions, usualContrast, USUAL_CONDITIONS } from './study-conditions.ts';
import { USUAL_RULES, USUAL_SIZES, type MadeStudy, type StudyRequest } from './study-request.ts';
import { openSourceRun, studyRunOf, type OpenRunModel, type SourceRun } from './study-runs.ts';
import type { StudyWork } from './utility-candidates.ts';

/** What a study is made with. */
export interface StudyMaker {
  readonly environment: Environment;
  readonly project: Project;
  readonly openModel: OpenRunModel;
}

/**
 * Makes a study: draws its questions from finished runs, and every picture that it shows. Nothing is written; see
 * `freezeStudy`. The same request over the same runs makes the same study, byte for byte.
 *
 * Throws   'bad-usage' and 'unknown-name' for what cannot be asked, 'no-images' where there are too few pictures,
 *          'bad-image' where one was changed, 'bad-project' for runs that are not finished.
 */
export async function makeStudy(
  { environment, project, openModel }: StudyMaker,
  request: StudyRequest,
  work: StudyWork = {},
): Promise<MadeStudy> {
  const { kind, seed = 0 } = request;
  const conditions = kind === 'utility' ? (request.conditions ?? USUAL_CONDITIONS) : [ONLY_CONDITION];
  if (kind === 'utility') checkConditions(conditions);
  if (kind !== 'utility' && request.runs.length !== 1)
    throw new TesseraError(
      'bad-usage',
      `A study of kind ${kind} is about one run; got ${request.runs.length}.`,
      {
        hint: 'Name one run.',
      },
    );
  const sources: SourceRun[] = [];
  for (const id of request.runs) sources.push(await openSourceRun(project, id, openModel));
  const contrast = request.contrast ?? usualContrast(conditions);
  const frame: Omit<StudyContent, 'material'> = {
    title: request.title ?? `${sources.map(({ run }) => run.explanation.className).join(' and ')}: ${kind}`,
    versions: environment.versions,
    runs: await Promise.all(sources.map((source) => studyRunOf(project, source, isAboutParts(kind)))),
    conditions,
    contrast: kind === 'utility' ? contrast : null,
    participants: request.participants ?? 20,
    seed,
    rules: request.rules ?? USUAL_RULES,
    consent: request.consent,
  };
  const [fault] = frameFaults(frame, kind);
  if (fault !== undefined)
    throw new TesseraError('bad-usage', `The study cannot be made. ${fault}.`, {
      hint: 'Nothing was written.',
    });
  const maker = createPictureMaker(environment);
  const { material, notes } = await materialOf(
    project,
    sources,
    maker,
    { ...request, seed, conditions },
    work,
  );
  return { content: { ...frame, material }, pictures: maker.bytes, notes };
}

type Material = { readonly material: StudyMaterial; readonly notes: readonly string[] };

async function materialOf(
  project: Project,
  sources: readonly SourceRun[],
  maker: PictureMaker,
  request: StudyRequest & { readonly seed: number; readonly conditions: readonly string[] },
  work: StudyWork,
): Promise<Material> {
  const { kind, seed, conditions, sets = 8 } = request;
  switch (kind) {
    case 'utility': {
      const sizes = { ...USUAL_SIZES, ...request.sizes };
      const asked = { conditions, sizes, scenario: request.scenario ?? 'all', seed };
      const material = await makeUtility(project, sources, maker, asked, work);
      return { material, notes: ['The practice is of pictures of the same run that are not met again.'] };
    }
    case 'intruder':
      return makeIntruder(project, sources[0], maker, { sets, seed }, work);
    case 'choice':
      return makeChoice(project, sources[0], maker, work);
  }
}
