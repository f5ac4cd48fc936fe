import { heldOutImages, openEdit } from '../../../core/pipeline/editing/open-edit.ts';
import { openOriginal } from '../../../core/pipeline/editing/open-edited.ts';
import { searchEdit } from '../../../core/pipeline/editing/search-edit.ts';
import { cutOfRun } from '../../../core/pipeline/editing/searched-cuts.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ConceptFactors } from '../../api/contract.ts';
import type { Jobs } from './job-context.ts';
import type { OpenedRun, OpenRun } from './opened-runs.ts';

/** Jobs that look for the edit that mends most and breaks least. */
export function editSearchJobs(environment: Environment, openRun: OpenRun): Jobs<'searchEdits'> {
  const { storage } = environment;
  return {
    async searchEdits({ heldOut, ...run }, work) {
      const opened = await openRun(run);
      const { scope, own } = await openEdit(environment, opened.project, opened.run);
      const others = heldOut.length === 0 ? [] : (await heldOutImages(storage, heldOut, own)).files;
      const model = await openOriginal(storage, opened.project, opened.run);
      const scored = { environment, device: scope.device, intake: model.scored, raw: model.raw };
      const cut = cutOfRun(
        scope.arrays,
        opened.players.map((rows) => [...rows]),
      );
      const { seed } = opened.run.options;
      const found = await searchEdit(scored, [cut], [...own.files, ...others], { ...work, seed });
      const { tuning, test, tried, best = null } = found;
      return {
        ...{ tuning, test, tried, best },
        frontier: found.frontier.map(({ how, rows, factor, ...counts }) => ({
          ...{ how, tuning: counts.tuning, test: counts.test },
          factors: factorsOf(opened, rows, factor),
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
