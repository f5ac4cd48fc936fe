import path from 'node:path';
import { commandText } from '../../../core/concepts/command-text.ts';
import { TesseraError } from '../../../core/errors.ts';
import { LEAST_IMAGES } from '../../../core/pipeline/shared-bank.ts';
import type { AskedRun } from '../runs.ts';
import { classCounts } from '../class-counts.ts';
import { changedOptions, explainOptionsOf, type SetupState } from '../setup-state.ts';
import { requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** A whole model: its classes by the concepts that they have in common. */
export function overviewHandlers({
  setup,
  predictions,
  results,
  reports,
  runs,
  viewer,
  jobs,
}: Pick<Services, 'setup' | 'predictions' | 'results' | 'reports' | 'runs' | 'viewer' | 'jobs'>): Part<
  'getOverview' | 'explainPair' | 'explainEveryClass' | 'computeBankMerges' | 'saveOverview'
> {
  return {
    async getOverview({ project, ...query }) {
      return viewer.run('readOverview', { ...query, ...(await results.projectOf(project)) });
    },
    async explainPair({ project, ...pair }, page) {
      const question = { ...pair, ...(await results.projectOf(project)) };
      return jobs.run({ kind: 'pair', folder: question.folder, page, isLatest: true }, (watch) =>
        viewer.run('explainPair', question, { ...watch, isLong: true }),
      );
    },
    async explainEveryClass({ like }, page) {
      const question = like && (await results.questionOf(like));
      if (question) await setup.setUpAgain(question.folder, question.runId);
      await predictions.ask(page);
      const state = await setup.settled();
      const known = question && (await viewer.run('readOverview', { ...question, bank: like.bank }));
      const explained = new Set(known?.classes.map(({ index }) => index));
      return runs.start(everyClass(state).filter(({ index }) => !explained.has(index)));
    },
    async computeBankMerges({ project, bank }, page) {
      const question = { ...(await results.projectOf(project)), bank };
      return jobs.run({ kind: 'merge', folder: question.folder, page }, (watch) =>
        viewer.run('computeBankMerges', question, { ...watch, isLong: true }),
      );
    },
    async saveOverview({ project, bank }, page) {
      const question = await results.projectOf(project);
      const { id, file } = await reports.reserve('overview');
      await jobs.run({ kind: 'report', folder: question.folder, page }, (watch) =>
        viewer.run('writeOverview', { ...question, bank, path: file }, { ...watch, isLong: true }),
      );
      return reports.saveReserved(id, `${path.basename(question.folder, '.tessera')}-overview.html`);
    },
  };
}

/** A run for each class that the model predicts often enough; 'bad-usage' where there are no classes or too few images. */
function everyClass(state: SetupState): (AskedRun & { readonly index: number })[] {
  const { model } = requirePictures(state);
  const folder = requireFolder(state);
  const task = model.scores?.task;
  if (task === 'regression' || task === 'embedding') {
    throw new TesseraError(
      'bad-usage',
      'The model gives numbers, not classes, so there is nothing to lay side by side.',
      {
        hint: 'Explain its number in the setup.',
      },
    );
  }
  const counts = state.predictions ? classCounts(state, state.predictions).classes : [];
  const often = counts.filter(({ count }) => (count ?? 0) >= LEAST_IMAGES);
  if (often.length === 0) {
    throw new TesseraError(
      'no-images',
      `The model predicts no class for at least ${LEAST_IMAGES} of the images.`,
      {
        hint: 'Add more images, or explain one class in the setup.',
      },
    );
  }
  return often.map(({ index, name }) => {
    const options = explainOptionsOf({
      ...state,
      options: changedOptions(state.options, {
        ...{ classIndex: index, isNot: null, against: null },
        ...{ sharing: 'shared', concepts: null, refine: null },
      }),
    });
    return {
      index,
      className: name,
      question: { folder, options, command: commandText(options, path.resolve(folder)) },
    };
  });
}
