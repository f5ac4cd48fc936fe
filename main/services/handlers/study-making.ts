import type { StudyMakingApi } from '../../api/contract.ts';
import type { Part, Services } from './services.ts';

/** Studies with people: how they are made, and what comes of them. */
export function studyMakingHandlers({
  results,
  reports,
  runner,
  viewer,
  jobs,
}: Pick<Services, 'results' | 'reports' | 'runner' | 'viewer' | 'jobs'>): Part<keyof StudyMakingApi> {
  return {
    listStudyConditions: () => viewer.run('listStudyConditions', undefined),
    estimateStudyPower: (question) => viewer.run('estimateStudyPower', question, { isLong: true }),
    async makeStudy({ project, title, consent, ...plan }, page) {
      const { folder } = await results.projectOf(project);
      return jobs.run({ kind: 'study', folder, page }, (watch) =>
        runner.run('makeStudy', { folder, title, consent, plan }, watch),
      );
    },
    async rehearseStudy({ project, ...plan }, page) {
      const { folder } = await results.projectOf(project);
      const { id, file } = await reports.reserve('study');
      const found = await jobs.run({ kind: 'study', folder, page, isLatest: true }, (watch) =>
        runner.run('rehearseStudy', { folder, plan, path: file }, watch),
      );
      return { source: 'simulated', ...found, page: id };
    },
    async analyseStudy({ project, study }) {
      const { folder } = await results.projectOf(project);
      const { id, file } = await reports.reserve('study');
      const found = await viewer.run('analyseStudy', { folder, study, path: file }, { isLong: true });
      return { source: 'people', notes: [], ...found, page: id };
    },
    saveStudyPage: ({ page, name }) => reports.saveReserved(page, `${name}.html`),
    async saveStudyTables({ project, study }) {
      const { folder } = await results.projectOf(project);
      const { id, file } = await reports.reserve('study', '.zip');
      await viewer.run('packStudyTables', { folder, study, path: file });
      return reports.saveReserved(id, `${study} answers.zip`);
    },
  };
}
