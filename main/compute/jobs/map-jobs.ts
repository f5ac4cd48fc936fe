import { truthFinder } from '../../../core/images/folder-class.ts';
import { groupsOfImages } from '../../../core/pipeline/image-groups.ts';
import { mapOfConcepts, mapOfImages } from '../../../core/pipeline/image-map.ts';
import { measureImages, type MeasuredImages } from '../../../core/pipeline/measured-images.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { isExplained } from '../../../core/score/decision.ts';
import { idOfRow } from '../../../core/concepts/recursion/concept-tree.ts';
import type { ConceptMapPlane, ImageGroupItem, MapImages } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';
import { runScope } from './run-models.ts';

/** Pictures that stand for a group. */
const COVER = 12;

/** Jobs about a run's images and concepts on a plane, and groups of its images. */
export function mapJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'mapImages' | 'mapConcepts' | 'groupImages' | 'readAmounts'> {
  const scopeOf = (opened: OpenedRun) => runScope(environment, openIntake, opened);
  const measure = async (
    opened: OpenedRun,
    images: MapImages,
    context: JobContext,
  ): Promise<MeasuredImages> => {
    const { given, explanation } = opened;
    const some = images === 'all' ? given.pictures : given.pictures.slice(0, explanation.images.length);
    const files = some.map(({ file }) => file);
    return measureImages(await scopeOf(opened), opened, files, context);
  };
  return {
    async mapImages({ space, images, ...question }, context) {
      const opened = await openRun(question);
      const measured = await measure(opened, images, context);
      const work = { space, seed: opened.run.seed, ...context };
      const { method, points, share, laidOut } = await mapOfImages(opened.project, measured, work);
      return {
        method,
        images: [...measured.places],
        points: Array.from(points, rounded),
        share: share ?? null,
        laidOut: laidOut ?? null,
        skipped: measured.skipped.length,
      };
    },

    async mapConcepts(question, context) {
      return conceptMap(await openRun(question), context);
    },

    async groupImages({ images, ...question }, context) {
      const opened = await openRun(question);
      const measured = await measure(opened, images, context);
      const { intake } = await scopeOf(opened);
      const truth = truthFinder(opened.names);
      const chosen = [...measured.places.keys()].filter((row) => {
        const { file, answer } = opened.pictureAt(measured.places[row]);
        const expected = truth(file);
        return (
          isExplained(intake.score, answer.index) ||
          (expected !== undefined && isExplained(intake.score, expected))
        );
      });
      const found = await groupsOfImages(opened.project, measured, chosen, {
        seed: opened.run.seed,
        ...context,
      });
      return {
        status: found.status,
        groups: found.groups.map(({ rows, leading }) => ({
          ...membersOf(
            opened,
            question,
            rows.map((row) => measured.places[row]),
          ),
          reasons: leading.map(({ concept, ...means }) => ({ concept: idOfRow(concept), ...means })),
        })),
        looked: chosen.length,
        silhouette: found.silhouette ?? null,
        usual: found.usual ?? null,
      };
    },

    async readAmounts({ images, concept, ...question }, context) {
      const opened = await openRun(question);
      const { amounts } = await measure(opened, images, context);
      const column = opened.conceptColumn(concept);
      return Array.from({ length: amounts.rows }, (_, row) => amounts.data[row * amounts.cols + column]);
    },
  };
}

async function conceptMap(
  { conceptBank, run, explanation, conceptColumn }: OpenedRun,
  context: JobContext,
): Promise<ConceptMapPlane> {
  const { method, points, share } = await mapOfConcepts(conceptBank, { seed: run.seed, ...context });
  const placed = points.length === 0 ? [] : explanation.concepts;
  return {
    method,
    share: share ?? null,
    points: placed.map(({ id }) => {
      const at = 2 * conceptColumn(id);
      return { concept: id, x: rounded(points[at]), y: rounded(points[at + 1]) };
    }),
  };
}

/** Who is in a group, and how many of them are wrong. */
function membersOf(
  opened: OpenedRun,
  { key, runId }: RunQuestion,
  images: readonly number[],
): Omit<ImageGroupItem, 'reasons'> {
  const truth = truthFinder(opened.names);
  const judged = images.flatMap((image) => {
    const { file, answer } = opened.pictureAt(image);
    const expected = truth(file);
    return expected === undefined ? [] : [expected === answer.index];
  });
  return {
    images,
    cover: images
      .slice(0, COVER)
      .map((image) => pictureId({ kind: 'image', project: key, run: runId, image })),
    known: judged.length,
    wrong: judged.filter((isRight) => !isRight).length,
  };
}

/** As much of a coordinate as can be seen. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
