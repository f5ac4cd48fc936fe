import type { JobKind } from '../api/contract.ts';
import type { JobName } from '../compute/protocol.ts';

/** What jobs of a compute process are to people; those that are not here take no time worth telling. */
const KIND_OF: Partial<Record<JobName, JobKind>> = {
  explain: 'run',
  predictAll: 'predictions',
  rankOfRun: 'rank',
  rankOfOptions: 'rank',
  frontierOfOptions: 'frontier',
  evaluateRun: 'evaluation',
  decompose: 'decomposition',
  computeMerge: 'merge',
  computeBankMerges: 'merge',
  makeOwnConcept: 'own-concept',
  computeOwnConcept: 'own-concept',
  findAlikeCrops: 'alike',
  makeStudy: 'study',
  rehearseStudy: 'study',
  dependence: 'dependence',
  ablateRun: 'what-if-run',
  ablateImage: 'what-if-image',
  findCounterfactual: 'smallest-change',
  readImage: 'maps',
  drawScoreMaps: 'score-maps',
  measureImages: 'measure',
  explainPair: 'pair',
  writeReport: 'report',
  mapImages: 'map',
  groupImages: 'groups',
  exportRun: 'export',
  compareRuns: 'comparison',
  writeComparison: 'comparison-report',
  scoreImages: 'new-images',
  tryEdit: 'model-edit',
  searchEdits: 'edit-search',
  countConceptCosts: 'concept-costs',
  writePackage: 'package',
  writeOverview: 'report',
  writeEditPage: 'report',
};

/** The kinds of long work among jobs, in their order, each once. */
export function kindsOf(jobs: readonly JobName[]): JobKind[] {
  return [...new Set(jobs.flatMap((job) => KIND_OF[job] ?? []))];
}
