import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { studyAnswers } from '../../core/pipeline/study/study-answers.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { renderStudyPage } from '../../core/report/study/study-page.ts';
import { analyseStudy } from '../../core/study/analysis/analyse-study.ts';
import { participantRows, trialRows } from '../../core/study/analysis/study-tables.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { analysisText } from './study-analysis-output.ts';
import { writeCsv } from './write-csv.ts';

/**
 * `study analyse PROJECT STUDY`: what came of a study, by its frozen rules; with --merge the answers that other machines
 * collected, too. --out writes analysis.json, trials.csv and participants.csv, --report one HTML page.
 */
export async function studyAnalyse(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    merge: { type: 'string', multiple: true, takes: 'folders of the same study' },
    out: { type: 'string', takes: 'a folder to write to' },
    report: { type: 'string', takes: 'a file to write to' },
    json: { type: 'boolean' },
  });
  const [folder, id, ...more] = args.positionals;
  if (folder === undefined || id === undefined || more.length > 0)
    throw new TesseraError('bad-usage', 'study analyse takes a project folder and the id of a study.', {
      hint: 'tessera study analyse model.tessera study1; tessera study list model.tessera names the studies.',
    });
  const { storage } = createNodeEnvironment();
  const project = await openProject(storage, folder);
  const { study, data } = await studyAnswers(project, id, args.texts('merge'));
  const { voidBecause, ...frozen } = study;
  const analysis = analyseStudy(frozen, data, voidBecause);
  const out = args.text('out');
  if (out !== undefined) {
    await storage.makeDirectory(out);
    await writeCsv(path.join(out, 'trials.csv'), trialRows(data));
    await writeCsv(path.join(out, 'participants.csv'), participantRows(data, analysis.exclusions));
    await storage.writeAtomic(path.join(out, 'analysis.json'), `${JSON.stringify(analysis, null, 2)}\n`);
  }
  const report = args.text('report');
  if (report !== undefined) await storage.writeAtomic(report, renderStudyPage({ frozen, analysis }));
  if (args.flag('json')) console.log(JSON.stringify(analysis, null, 2));
  else console.log(shownName(analysisText(study.study, analysis)));
}
