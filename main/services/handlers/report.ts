import { TesseraError } from '../../../core/errors.ts';
import { REPORT_SECTIONS } from '../../../core/report/report-sections.ts';
import type { Part, Services } from './services.ts';

/** Pages about a run. */
export function reportHandlers({
  setup,
  results,
  reports,
  desktop,
}: Pick<Services, 'setup' | 'results' | 'reports' | 'desktop'>): Part<
  'listReportSections' | 'previewReport' | 'saveReport' | 'printReport' | 'showInFolder'
> {
  return {
    listReportSections: () => Promise.resolve(REPORT_SECTIONS),
    previewReport: async (choice, page) => reports.preview(await results.questionOf(choice), choice, page),
    saveReport: async (choice, page) => reports.save(await results.questionOf(choice), choice, page),
    printReport: async (choice, page) => reports.print(await results.questionOf(choice), choice, page),
    showInFolder({ what }) {
      const target = what === 'report' ? reports.lastSaved : setup.state.folder;
      if (target === null) throw new TesseraError('bad-usage', `There is no ${what} to show yet.`);
      desktop.showInFolder(target);
      return Promise.resolve(null);
    },
  };
}
