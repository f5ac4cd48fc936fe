import { TesseraError } from '../../errors.ts';
import type { Project } from '../../project/project-folder.ts';
import { drawUtility, type DrawnUtility, type Shortage } from '../../study/draw/draw-utility.ts';
import { smallerSizes, type Scenario, type UtilitySizes } from '../../study/draw/utility-slots.ts';
import { shuffled, streamOf } from '../../study/stream.ts';
import type { StudyMaterial, UtilityItem, UtilitySession } from '../../study/study.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import type { PictureMaker } from './picture-maker.ts';
import { twoAnswers, type SourceRun, type TwoAnswers } from './study-runs.ts';
import { utilityCandidates, type RunCandidate, type StudyWork } from './utility-candidates.ts';
import { utilityPanels, type LearntPicture, type UtilityPanels } from './utility-panels.ts';

type UtilityMaterial = Extract<StudyMaterial, { kind: 'utility' }>;

/** What is drawn, and shown in which conditions. */
export interface UtilityRequest {
  readonly conditions: readonly string[];
  readonly sizes: UtilitySizes;
  readonly scenario: Scenario;
  readonly seed: number;
}

/**
 * Draws the pictures of a utility study from what one run or two were given, and makes what every condition shows of those
 * that are learnt. Throws 'no-images' where there are too few that differ from each other, with the sizes that would do.
 */
export async function makeUtility(
  project: Project,
  sources: readonly SourceRun[],
  maker: PictureMaker,
  request: UtilityRequest,
  work: StudyWork,
): Promise<UtilityMaterial> {
  const { scenario, seed, sizes } = request;
  const answers = twoAnswers(sources);
  const wantsMistakes = scenario === 'failures';
  const candidates = await utilityCandidates(project, sources[0], answers, { seed, wantsMistakes }, work);
  const drawn = drawUtility(candidates, sizes, scenario, seed);
  if ('cells' in drawn) throw tooFew(drawn, answers, sizes, scenario);
  const { practice, sessions } = drawn;
  const all = [practice, ...sessions];
  const learnt = await framedPictures(
    sources[0],
    maker,
    candidates,
    all.flatMap(({ train }) => train),
  );
  const tested = all.flatMap(({ test }) => test.map((at) => candidates[at].look));
  const panels = await utilityPanels({ project, sources, maker, tested }, request.conditions, learnt, work);
  const names = itemNames(drawn, seed);
  const sessionOf = ({ train, test }: DrawnUtility['practice']): UtilitySession => ({
    train: train.map((at) => names.get(at)!),
    test: test.map((at) => names.get(at)!),
  });
  return {
    kind: 'utility',
    answers: answers.names,
    scenario,
    items: await itemsOf(sources[0], maker, { candidates, drawn, names, panels }),
    sessions: sessions.map(sessionOf),
    practice: sessionOf(practice),
    legend: panels.legend,
  };
}

async function framedPictures(
  { scope: { intake } }: SourceRun,
  maker: PictureMaker,
  candidates: readonly RunCandidate[],
  wanted: readonly number[],
): Promise<LearntPicture[]> {
  const pictures: LearntPicture[] = [];
  for (const at of wanted) {
    const framed = await maker.framed(candidates[at].file, intake.preprocessing.preprocessing);
    pictures.push({ candidate: candidates[at], framed });
  }
  return pictures;
}

/** Names that say nothing of answer, session or margin: "p1", "p2", … in a random order. */
function itemNames({ practice, sessions }: DrawnUtility, seed: number): ReadonlyMap<number, string> {
  const used = [practice, ...sessions].flatMap(({ train, test }) => [...train, ...test]);
  return new Map(shuffled(used, streamOf(seed, 'names')).map((at, place) => [at, `p${place + 1}`]));
}

async function itemsOf(
  { scope: { intake } }: SourceRun,
  maker: PictureMaker,
  {
    candidates,
    drawn,
    names,
    panels,
  }: {
    readonly candidates: readonly RunCandidate[];
    readonly drawn: DrawnUtility;
    readonly names: ReadonlyMap<number, string>;
    readonly panels: UtilityPanels;
  },
): Promise<UtilityItem[]> {
  const learnt = [drawn.practice, ...drawn.sessions].flatMap(({ train }) => train);
  const items: UtilityItem[] = [];
  for (const [at, id] of names) {
    const { file, answer, margin, isMistake } = candidates[at];
    const framed = await maker.framed(file, intake.preprocessing.preprocessing);
    items.push({
      id,
      picture: await maker.keep(framed, `Picture ${id.slice(1)}`),
      source: { file: file.path, sha256: file.sha256 },
      answer,
      margin,
      stratum: drawn.strata[at],
      isMistake,
      shown: learnt.includes(at) ? panels.shown[learnt.indexOf(at)] : {},
    });
  }
  return items;
}

function tooFew(
  { cells }: Shortage,
  { names }: TwoAnswers,
  sizes: UtilitySizes,
  scenario: Scenario,
): TesseraError {
  const told = cells.map(({ cell, needed, available }) => {
    const kind = cell.isMistake === null ? '' : cell.isMistake ? ', by mistake' : ', rightly';
    return `${countOf(needed, 'picture')} called "${names[cell.answer]}"${kind} (there are ${available})`;
  });
  const possible = smallerSizes(
    sizes,
    scenario,
    new Map(cells.map(({ cell, available }) => [cell.key, available])),
  ).map(
    ({ sessions, train, test }) => `${countOf(sessions, 'session')} of ${train} learnt and ${test} predicted`,
  );
  return new TesseraError(
    'no-images',
    `The study needs ${listText(told)} that do not look nearly the same.`,
    {
      hint:
        possible.length > 0
          ? `There is enough for ${possible.join('; or ')}.`
          : 'Run on more pictures, with pictures of other classes among them.',
    },
  );
}
