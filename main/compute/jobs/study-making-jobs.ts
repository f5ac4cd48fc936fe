import type { Environment } from '../../../core/pipeline/environment.ts';
import { makeStudy, type StudyMaker } from '../../../core/pipeline/study/make-study.ts';
import { simulateNew } from '../../../core/pipeline/study/run-simulation.ts';
import { studyAnswers } from '../../../core/pipeline/study/study-answers.ts';
import { STUDY_CONDITIONS, USUAL_CONDITIONS } from '../../../core/pipeline/study/study-conditions.ts';
import type { StudyRequest } from '../../../core/pipeline/study/study-request.ts';
import { openProject } from '../../../core/project/project-folder.ts';
import { freezeStudy } from '../../../core/project/study-folder.ts';
import { encodeZip } from '../../../core/project/zip.ts';
import { conditionName } from '../../../core/report/study/condition-names.ts';
import { renderStudyPage } from '../../../core/report/study/study-page.ts';
import { studyVerdict, type Answerers } from '../../../core/report/study/study-verdict.ts';
import { analyseStudy, type StudyAnalysis } from '../../../core/study/analysis/analyse-study.ts';
import { studyPower } from '../../../core/study/analysis/study-power.ts';
import { participantRows, trialRows } from '../../../core/study/analysis/study-tables.ts';
import type { FrozenStudy } from '../../../core/study/study.ts';
import type { StudyData } from '../../../core/study/trial.ts';
import { csvText } from '../../../core/wording/csv.ts';
import type { StudyPlan } from '../../api/contract.ts';
import type { FoundInStudy } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { openRunModel } from './run-models.ts';

/** Jobs that make studies with people, rehearse them, and work out what came of them. */
export function studyMakingJobs(
  environment: Environment,
  openIntake: OpenIntake,
): Jobs<
  | 'listStudyConditions'
  | 'estimateStudyPower'
  | 'makeStudy'
  | 'rehearseStudy'
  | 'analyseStudy'
  | 'packStudyTables'
> {
  const { storage } = environment;
  const makerOf = async (folder: string): Promise<StudyMaker> => {
    const project = await openProject(storage, folder);
    return {
      environment,
      project,
      openModel: async (run) => ({
        environment,
        intake: await openRunModel(openIntake, { run, project }),
        device: await environment.openDevice('auto'),
      }),
    };
  };
  const answersOf = async (folder: string, id: string): Promise<Answered> => {
    const { study, data } = await studyAnswers(await openProject(storage, folder), id);
    const { voidBecause, ...frozen } = study;
    return { frozen, data, analysis: analyseStudy(frozen, data, voidBecause) };
  };
  const found = async (
    { frozen, data, analysis }: Answered,
    path: string,
    whose: Answerers = {},
  ): Promise<FoundInStudy> => {
    await storage.writeAtomic(path, renderStudyPage({ frozen, analysis, ...whose }));
    return { ...studyVerdict(frozen.study, analysis, whose), participants: data.participants.length };
  };
  return {
    listStudyConditions: () =>
      Promise.resolve(
        STUDY_CONDITIONS.map((name) => ({
          ...{ name, title: conditionName(name) },
          isUsual: USUAL_CONDITIONS.includes(name),
        })),
      ),
    estimateStudyPower: (question) => Promise.resolve(studyPower(question).power),

    async makeStudy({ folder, title, consent, plan }, { signal, onProgress }) {
      const maker = await makerOf(folder);
      const request = { ...requestOf(plan), consent, ...(title.trim() !== '' && { title }) };
      const made = await makeStudy(maker, request, { signal, onProgress });
      const { study } = await freezeStudy(maker.project, environment.self, made.content, made.pictures);
      return { study: study.id, notes: made.notes };
    },

    async rehearseStudy({ folder, plan, path }, { signal, onProgress }) {
      const people = { participants: plan.participants, readers: ['logistic'], seed: plan.seed } as const;
      const work = { signal, onProgress };
      const run = await simulateNew(await makerOf(folder), requestOf(plan), people, work);
      const { frozen, data, notes } = run;
      const answered = { frozen, data, analysis: analyseStudy(frozen, data) };
      return { ...(await found(answered, path, { isSimulated: true })), notes };
    },

    analyseStudy: async ({ folder, study, path }) => found(await answersOf(folder, study), path),

    async packStudyTables({ folder, study, path }) {
      const { frozen, data, analysis } = await answersOf(folder, study);
      const files = {
        'study.json': `${JSON.stringify(frozen, null, 2)}\n`,
        'trials.csv': csvText(trialRows(data)),
        'participants.csv': csvText(participantRows(data, analysis.exclusions)),
        'analysis.json': `${JSON.stringify(analysis, null, 2)}\n`,
        'report.html': renderStudyPage({ frozen, analysis }),
      };
      const encoder = new TextEncoder();
      const entries = Object.entries(files).map(([name, text]) => [name, encoder.encode(text)] as const);
      await storage.writeAtomic(path, encodeZip(new Map(entries)));
      return null;
    },
  };
}

interface Answered {
  readonly frozen: FrozenStudy;
  readonly data: StudyData;
  readonly analysis: StudyAnalysis;
}

function requestOf({
  kind,
  runs,
  participants,
  seed,
  utility,
  sets,
}: StudyPlan): Omit<StudyRequest, 'consent'> {
  if (kind !== 'utility' || utility === undefined) return { kind, runs, participants, seed, sets };
  const { conditions, contrast, scenario, ...sizes } = utility;
  return { kind, runs, participants, seed, conditions, contrast: contrast ?? undefined, scenario, sizes };
}
