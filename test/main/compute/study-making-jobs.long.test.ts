import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import type { RunQuestion } from '../../../main/compute/protocol.ts';
import type { StudyPlan } from '../../../main/api/contract.ts';
import { twoColourRun } from './two-colour-run.ts';

const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};
const jobs = createJobs({});
let question: RunQuestion;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-making-'));
  question = await twoColourRun(home);
}, 120_000);
afterAll(() => rm(home, { recursive: true }));

const intruders: StudyPlan = { kind: 'intruder', runs: ['run1'], participants: 2, seed: 5, sets: 2 };

describe('studies in the making', { timeout: 120_000 }, () => {
  it('are drawn and frozen, and read back when nobody has taken part', async () => {
    const { folder, key } = question;
    const made = await jobs.makeStudy(
      { folder, title: 'Squares', consent: 'I take part.', plan: intruders },
      context,
    );
    expect(made.study).toBe('study1');
    const [listed] = await jobs.listStudies({ folder, key }, context);
    expect(listed).toMatchObject({ study: 'study1', title: 'Squares', planned: 2, voidBecause: [] });
    const page = path.join(home, 'findings.html');
    const found = await jobs.analyseStudy({ folder, study: 'study1', path: page }, context);
    expect(found).toMatchObject({ headline: 'Nobody has taken part yet.', participants: 0 });
    expect(await readFile(page, 'utf8')).toContain('Squares');
    const zip = path.join(home, 'answers.zip');
    await jobs.packStudyTables({ folder, study: 'study1', path: zip }, context);
    const names = (await readFile(zip)).toString('latin1');
    for (const name of ['study.json', 'trials.csv', 'participants.csv', 'analysis.json', 'report.html'])
      expect(names).toContain(name);
  });

  it('are refused without a consent, and leave nothing', async () => {
    const asked = { folder: question.folder, title: '', consent: ' ', plan: intruders };
    await expect(jobs.makeStudy(asked, context)).rejects.toThrow(/consent/i);
    expect(await jobs.listStudies(question, context)).toHaveLength(1);
  });

  it('are rehearsed by simulated participants without a trace', async () => {
    const page = path.join(home, 'rehearsal.html');
    const asked = { folder: question.folder, plan: intruders, path: page };
    const found = await jobs.rehearseStudy(asked, context);
    expect(found.participants).toBe(2);
    expect(found.headline).not.toBe('');
    expect(await readFile(page, 'utf8')).toContain('</html>');
    expect(await jobs.listStudies(question, context)).toHaveLength(1);
  });

  it('tell what a study can see: more with more participants', async () => {
    const power = (participants: number) =>
      jobs.estimateStudyPower(
        { participants, sessions: 3, pictures: 8, accuracy: 0.65, effect: 0.1 },
        context,
      );
    const [few, many] = [await power(5), await power(40)];
    expect(many.low).toBeGreaterThan(few.high);
  });
});
