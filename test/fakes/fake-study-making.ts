import { TesseraError } from '../../core/errors.ts';
import type { StudyFindings, StudyMakingApi } from '../../main/api/contract.ts';

const CONDITIONS = [
  ['control', 'no explanation'],
  ['concepts', 'concepts'],
  ['concept-maps', 'concepts with maps'],
  ['saliency', 'Saliency'],
  ['grad-cam', 'Grad-CAM'],
  ['integrated-gradients', 'Integrated gradients'],
] as const;
const USUAL = ['control', 'grad-cam', 'concept-maps'];

const FINDINGS: Omit<StudyFindings, 'source'> = {
  headline:
    'People predict the model better after learning with concepts with maps than with Grad-CAM: 82.1 % against 68.4 % right.',
  cautions: ['2 of 6 planned participants count; the fewer there are, the less is seen.'],
  notes: ['The practice is of pictures of the same run that are not met again.'],
  participants: 6,
  page: 'report',
};

/** Studies are made at once; a consent of "nothing" is refused. */
export function fakeStudyMaking(): StudyMakingApi {
  return {
    listStudyConditions: () =>
      Promise.resolve(CONDITIONS.map(([name, title]) => ({ name, title, isUsual: USUAL.includes(name) }))),
    estimateStudyPower: ({ participants }) => {
      const value = Math.min(1, participants / 50);
      return Promise.resolve({ value, low: Math.max(0, value - 0.05), high: Math.min(1, value + 0.05) });
    },
    makeStudy: ({ consent }) =>
      consent === 'nothing'
        ? Promise.reject(
            new TesseraError('bad-usage', 'The study cannot be made.', { hint: 'Nothing was written.' }),
          )
        : Promise.resolve({ study: 'study1', notes: FINDINGS.notes }),
    rehearseStudy: () => Promise.resolve({ ...FINDINGS, source: 'simulated' }),
    analyseStudy: () => Promise.resolve({ ...FINDINGS, source: 'people', notes: [] }),
    saveStudyPage: ({ name }) => Promise.resolve({ path: `/home/ada/${name}.html`, document: null }),
    saveStudyTables: ({ study }) =>
      Promise.resolve({ path: `/home/ada/${study} answers.zip`, document: null }),
  };
}
