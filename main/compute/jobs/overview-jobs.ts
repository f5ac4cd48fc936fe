import {
  pairReasons,
  PAIR_GROUPS,
  type PairGroup,
  type PairImages,
} from '../../../core/concepts/pair-reasons.ts';
import { imageOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import { TesseraError } from '../../../core/errors.ts';
import { truthFinder } from '../../../core/images/folder-class.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { modelOverview } from '../../../core/pipeline/model-overview.ts';
import { spreadPlaces } from '../../../core/pipeline/spread-places.ts';
import { writeOverview } from '../../../core/pipeline/write-overview.ts';
import type { ModelOverview } from '../../../core/report/overview/overview-data.ts';
import { openProject, type Project } from '../../../core/project/project-folder.ts';
import type { WithAblator } from './ablators.ts';
import type { CompleteRuns } from './complete-runs.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';
import { overviewView, pairView } from './overview-views.ts';

/** Images of each kind that are looked at: more of them say the same more slowly. */
const LOOKED_AT = 48;

/** Jobs about a whole model. */
export function overviewJobs(
  environment: Environment,
  openRun: OpenRun,
  withAblator: WithAblator,
  complete: CompleteRuns,
): Jobs<'readOverview' | 'explainPair' | 'writeOverview'> {
  const { storage } = environment;
  return {
    async readOverview({ folder, key, bank }) {
      const overview = await modelOverview(await openProject(storage, folder), bank);
      return overview === undefined ? null : overviewView(key, overview);
    },

    async explainPair({ folder, key, bank, truth, predicted }, { signal, onProgress }) {
      const overview = await requireOverview(await openProject(storage, folder), bank);
      const runId = runOf(overview, [predicted, truth]);
      const opened = await openRun({ folder, key, runId });
      const all = imagesOf(opened, truth, predicted);
      const chosen = {
        mistakes: some(all.mistakes),
        truth: some(all.truth),
        predicted: some(all.predicted),
      };
      const total = PAIR_GROUPS.reduce((sum, group) => sum + chosen[group].length, 0);
      const { players } = opened;
      return withAblator(opened, async (ablator, { score }) => {
        const readyOf = (group: PairGroup): PairImages[PairGroup] =>
          chosen[group].map((image) => async () => {
            signal.throwIfAborted();
            return imageOfPlayers(await ablator.picture(opened.pictureAt(image).file), players);
          });
        const images = {
          mistakes: readyOf('mistakes'),
          truth: readyOf('truth'),
          predicted: readyOf('predicted'),
        };
        let done = 0;
        const reasons = await pairReasons(images, score, players.length, { truth, predicted }, () =>
          onProgress({ stage: 'pair', done: ++done, total }),
        );
        return pairView({ opened, overview, key, truth, predicted, all, chosen, reasons });
      });
    },

    async writeOverview({ folder, bank, path }, { signal, onProgress }) {
      const project = await openProject(storage, folder);
      const { classes } = await requireOverview(project, bank);
      const runIds = classes.map(({ runId }) => runId);
      await complete.merges(project, runIds, { signal, onProgress });
      const overview = await requireOverview(project, bank);
      return writeOverview(environment, project, overview, path, onProgress);
    },
  };
}

async function requireOverview(project: Project, bank: string | undefined): Promise<ModelOverview> {
  const found = await modelOverview(project, bank);
  if (found !== undefined) return found;
  throw new TesseraError(
    'bad-project',
    'No finished run explains a class with concepts that other classes have too.',
    { hint: 'Explain all classes with one set of concepts first.' },
  );
}

/** The run of the first of some classes that has one, else any. */
function runOf({ classes }: ModelOverview, wanted: readonly number[]): string {
  const own = wanted.flatMap((index) => classes.find((one) => one.index === index) ?? []);
  return (own.at(0) ?? classes[0]).runId;
}

/**
 * Images of each kind among all that the run was given, by their place. Where no folder names either class, there are no
 * mistakes, and what is called so counts as right.
 */
function imagesOf(
  { given, names }: OpenedRun,
  truth: number,
  predicted: number,
): Record<PairGroup, readonly number[]> {
  const truthOf = truthFinder(names);
  const called = given.pictures.map(({ file, answer }) => ({ of: truthOf(file), as: answer.index }));
  const isJudged = called.some(({ of }) => of === truth || of === predicted);
  const those = (of: number, as: number): number[] =>
    called.flatMap((one, at) => (one.as === as && (!isJudged || one.of === of) ? [at] : []));
  return {
    mistakes: isJudged ? those(truth, predicted) : [],
    truth: those(truth, truth),
    predicted: those(predicted, predicted),
  };
}

/** As many images as are looked at, evenly over all of them. */
function some(images: readonly number[]): number[] {
  return spreadPlaces(images.length, LOOKED_AT).map((place) => images[place]);
}
