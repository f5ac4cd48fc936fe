import { conceptCosts } from '../../../core/pipeline/editing/concept-costs.ts';
import { heldOutImages, openEdit } from '../../../core/pipeline/editing/open-edit.ts';
import { openOriginal } from '../../../core/pipeline/editing/open-edited.ts';
import { searchEdit } from '../../../core/pipeline/editing/search-edit.ts';
import { cutOfRun, otherCuts } from '../../../core/pipeline/editing/searched-cuts.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ConceptFactors } from '../../api/contract.ts';
import type { RunQuestion } from '../protocol.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';

/** Jobs that look for the edit that mends most and breaks least, and count what each concept costs. */
export function editSearchJobs(
  environment: Environment,
  openRun: OpenRun,
): Jobs<'searchEdits' | 'countConceptCosts'> {
  const { storage } = environment;
  const open = async (run: RunQuestion, heldOut: readonly string[]) => {
    const opened = await openRun(run);
    const { scope, own } = await openEdit(environment, opened.project, opened.run);
    const others = heldOut.length === 0 ? [] : (await heldOutImages(storage, heldOut, own)).files;
    const model = await openOriginal(storage, opened.project, opened.run);
    const scored = { environment, device: scope.device, intake: model.scored, raw: model.raw };
    const players = opened.players.map((rows) => [...rows]);
    return { opened, scope, files: [...own.files, ...others], model, scored, players };
  };
  return {
    async countConceptCosts({ heldOut, ...run }, { signal, onProgress }) {
      const { opened, scope, files, scored, players } = await open(run, heldOut);
      const onImage = (done: number, total: number): void => onProgress({ stage: 'edits', done, total });
      const { images, right, costs } = await conceptCosts(scored, scope.arrays, players, files, {
        signal,
        onImage,
      });
      const concepts = opened.explanation.concepts.map(({ id }) => {
        const { whole = null, half = null, isHarmless } = costs[opened.playerOf(id)];
        return { concept: id, whole, half, isHarmless };
      });
      return { images, right, concepts };
    },

    async searchEdits({ heldOut, allLayers, ...run }, work) {
      const { opened, scope, files, model, scored, players } = await open(run, heldOut);
      const { options } = opened.run;
      const cuts = [
        cutOfRun(scope.arrays, players),
        ...(allLayers
          ? await otherCuts(
              { ...scored, project: opened.project, ...work },
              model.scored,
              scope.arrays,
              options,
            )
          : []),
      ];
      const layers = cuts.map((cut) => cut.run.explanation.layer.tensor);
      const found = await searchEdit(scored, cuts, files, {
        ...work,
        seed: options.seed,
      });
      const { tuning, test, tried, best = null } = found;
      return {
        ...{ tuning, test, tried, best, layers },
        frontier: found.frontier.map(({ how, rows, factor, cut, ...counts }) => ({
          ...{ how, tuning: counts.tuning, test: counts.test },
          ...(cut === 0
            ? { factors: factorsOf(opened, rows, factor) }
            : { factors: {}, others: { layer: layers[cut], rows, factor } }),
        })),
      };
    },
  };
}

/** The factor of each concept that has one of the rows, merged ones by their own id. */
function factorsOf(
  { explanation, players, playerOf }: OpenedRun,
  rows: readonly number[],
  factor: number,
): ConceptFactors {
  const has = (id: string): boolean => players[playerOf(id)].some((row) => rows.includes(row));
  return Object.fromEntries(
    explanation.concepts.flatMap(({ id }) => (has(id) ? [[id, factor] as const] : [])),
  );
}
