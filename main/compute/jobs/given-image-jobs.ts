import { withMergedColumns } from '../../../core/concepts/merged-concepts.ts';
import { causesOf, whyNot } from '../../../core/concepts/why-not.ts';
import { TesseraError } from '../../../core/errors.ts';
import { folderOf, judgedImages } from '../../../core/images/folder-class.ts';
import { confusionMatrix } from '../../../core/metrics/confusion-matrix.ts';
import { strongest } from '../../../core/concepts/strongest.ts';
import type { Ablator } from '../../../core/pipeline/ablator.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import type { Score } from '../../../core/score/score.ts';
import { inputChanges } from '../../../core/pipeline/input-changes.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import type { Confusion, ImageStrengths, RunImage, WhyNot } from '../../api/contract.ts';
import type { RunQuestion } from '../protocol.ts';
import { pictureId } from '../picture-ids.ts';
import { expectedClasses } from '../expected-class.ts';
import { ablatedImage, type WithAblator } from './ablators.ts';
import type { Examiner } from './examined-images.ts';
import { answerInWords, classNamer } from './image-answers.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';

/** Classes along each side of the matrix: more cannot be read in a window. */
const MOST_CLASSES = 20;

/** Jobs about all pictures that a run was given, explained or not, and its mistakes among them. */
export function givenImageJobs(
  { storage }: Pick<Environment, 'storage'>,
  openRun: OpenRun,
  withAblator: WithAblator,
  examiner: Examiner,
): Jobs<'listRunImages' | 'whyNot' | 'measureImages'> {
  return {
    async listRunImages({ offset, limit, ...question }) {
      const opened = await openRun(question);
      const { pictures, others } = opened.given;
      const end = Math.min(pictures.length, offset + limit);
      const places = Array.from({ length: Math.max(0, end - offset) }, (_, at) => offset + at);
      return {
        images: await listed(opened, question, places, (file) => storage.basename(file)),
        total: pictures.length,
        confusion: offset === 0 ? confusionOf(opened) : null,
        others,
      };
    },
    async whyNot({ image, other, ...question }) {
      const opened = await openRun(question);
      checkOther(opened, image, other);
      return withAblator(opened, (ablator, { score }) => answerOf(opened, ablator, score, image, other));
    },
    async measureImages(question, context) {
      return { strengths: await strengthsInAll(await openRun(question), examiner, context) };
    },
  };
}

async function listed(
  opened: OpenedRun,
  { key, runId }: RunQuestion,
  places: readonly number[],
  basename: (file: string) => string,
): Promise<RunImage[]> {
  const { explanation, project, run, given } = opened;
  const pictures = places.map((image) => given.pictures[image]);
  const files = pictures.map(({ file }) => ({ file: file.path }));
  const { changed, missing } = await inputChanges(project, run, files);
  const expectedOf = expectedClasses(opened.names);
  return pictures.map(({ file, answer }, at) => {
    const image = places[at];
    const record = explanation.images.at(image);
    return {
      image,
      fileName: shownName(basename(file.path)),
      folder: shownName(folderOf(file)),
      picture: pictureId({ kind: 'image', project: key, run: runId, image }),
      ...answerInWords(opened, answer, expectedOf(file.path)),
      isExplained: record !== undefined,
      agrees: record?.agrees ?? null,
      change: missing.has(at) ? 'missing' : changed.has(at) ? 'changed' : null,
    };
  });
}

/** What decides are classes or sides: what a run asks beside them, a lead or an absence, is no answer. */
function checkOther(opened: OpenedRun, image: number, other: number): void {
  const { answer } = opened.pictureAt(image);
  const { model, explained } = opened.explanation.score ?? {};
  const isOfClasses = explained?.kind === 'not' || explained?.kind === 'margin';
  const length = isOfClasses ? model!.classes.length : opened.names.length;
  if (other < length && other !== answer.index) return;
  throw new TesseraError(
    'unknown-name',
    `The other class must be one of the model's ${length}, and not its answer.`,
  );
}

async function answerOf(
  opened: OpenedRun,
  ablator: Ablator,
  score: Score,
  image: number,
  other: number,
): Promise<WhyNot> {
  const ahead = opened.pictureAt(image).answer.index;
  const classOf = classNamer(opened);
  const own = await ablatedImage(opened, ablator, image);
  const { margin, changes } = await whyNot(own, score, opened.players.length, { ahead, other });
  return {
    ahead: classOf(ahead),
    other: classOf(other),
    margin,
    causes: causesOf(opened.explanation.concepts, (id) => changes[opened.playerOf(id)]),
  };
}

/** Strongest coefficient of each concept, in order of rank, in every picture that is still what it was. */
async function strengthsInAll(
  opened: OpenedRun,
  examiner: Examiner,
  context: JobContext,
): Promise<ImageStrengths['strengths']> {
  const { explanation, coefficients, given, project, run, conceptColumn, conceptBank, groups } = opened;
  const columns = explanation.concepts.map(({ id }) => conceptColumn(id));
  const strengths = (image: Matrix): readonly number[] => {
    const own = strongest(image);
    return columns.map((column) => own[column]);
  };
  const others = given.pictures.slice(coefficients.length).map(({ file }) => file);
  const paths = others.map(({ path }) => ({ file: path }));
  const { changed, missing } = await inputChanges(project, run, paths);
  const isSame = (at: number): boolean => !changed.has(at) && !missing.has(at);
  const same = others.filter((_, at) => isSame(at));
  if (same.length === 0) return [...coefficients.map(strengths), ...others.map(() => null)];
  const examined = await (await examiner.many(opened, same, context)).coefficients();
  const found = examined.coefficients.values();
  return [
    ...coefficients.map(strengths),
    ...others.map((_, at) =>
      isSame(at) ? strengths(withMergedColumns(found.next().value!, conceptBank, groups)) : null,
    ),
  ];
}

function confusionOf(opened: OpenedRun): Confusion {
  const answers = opened.given.pictures.map(({ file: { path }, answer: { index } }) => ({ path, index }));
  const size = { rows: MOST_CLASSES, columns: MOST_CLASSES };
  const { rows, columns, ...rest } = confusionMatrix(judgedImages(opened.names, answers), size);
  const classOf = classNamer(opened);
  return {
    ...rest,
    rows: rows.map((row) => ({ ...row, truth: classOf(row.truth) })),
    columns: columns.map(classOf),
  };
}
