import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../../../main/compute/jobs/all-jobs.ts';
import type { JobContext } from '../../../main/compute/jobs/job-context.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { createIntakes } from '../../../main/compute/jobs/intakes.ts';
import { createExaminer } from '../../../main/compute/jobs/examined-images.ts';
import { createMaskedHeads } from '../../../main/compute/jobs/masked-heads.ts';
import { createOpenedRuns } from '../../../main/compute/jobs/opened-runs.ts';
import { blobsOf, scene, temporaryFolder, writeModel, writePictures } from '../cli/colour-case.ts';
import { tessera } from '../cli/run-tessera.ts';

const context: JobContext = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onNews: () => undefined,
};

/** A run that explains the six red pictures of a folder "red"; the model calls the other three blue. */
async function redRun() {
  const home = await temporaryFolder();
  const model = await writeModel(path.join(home, 'model'));
  const images = await writePictures(path.join(home, 'red'), 9);
  const folder = path.join(home, 'out.tessera');
  const argv = ['explain', '--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  const { code, stderr } = await tessera(...argv, '--evaluate', 'none', '--device', 'cpu', '--out', folder);
  expect(code, stderr).toBe(0);
  return { images, question: { folder, key: 'key', runId: 'run1' } };
}

describe('the jobs about all images given', { timeout: 300_000 }, () => {
  it('list those that were not explained after the others, and say which are mistakes', async () => {
    const { question } = await redRun();
    const { images, confusion, others } = await createJobs({}).listRunImages(
      { ...question, offset: 0, limit: 500 },
      context,
    );
    expect(others).toBe('kept');
    expect(images.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(images.map(({ isExplained }) => isExplained)).toEqual([
      ...new Array<boolean>(6).fill(true),
      ...new Array<boolean>(3).fill(false),
    ]);
    const mistakes = images.filter(({ predicted, expected }) => predicted.index !== expected?.index);
    expect(mistakes.map(({ fileName }) => fileName)).toEqual(['002.png', '005.png', '008.png']);
    expect(mistakes[0]).toMatchObject({
      ...{ folder: 'red', agrees: null, change: null },
      ...{ expected: { index: 0, name: 'red' }, predicted: { index: 2, name: 'blue' } },
    });
    expect(confusion).toEqual({
      rows: [{ truth: { index: 0, name: 'red' }, images: 9, hits: 6, counts: [6, 3], elsewhere: 0 }],
      columns: [
        { index: 0, name: 'red' },
        { index: 2, name: 'blue' },
      ],
      ...{ rowsLeftOut: 0, known: 9, hits: 6 },
    });
  });

  it('give the list in pages, the confusion with the first', async () => {
    const { question } = await redRun();
    const { listRunImages } = createJobs({});
    const whole = await listRunImages({ ...question, offset: 0, limit: 500 }, context);
    const first = await listRunImages({ ...question, offset: 0, limit: 4 }, context);
    const last = await listRunImages({ ...question, offset: 4, limit: 500 }, context);
    expect([first.total, last.total, first.images.length]).toEqual([9, 9, 4]);
    expect([...first.images, ...last.images]).toEqual(whole.images);
    expect(first.confusion).toEqual(whole.confusion);
    expect(last.confusion).toBeNull();
    expect((await listRunImages({ ...question, offset: 9, limit: 4 }, context)).images).toEqual([]);
  });

  it('explain one that the run did not, as the run would have', async () => {
    const { question } = await redRun();
    const jobs = createJobs({});
    const detail = await jobs.readImage({ ...question, image: 6 }, context);
    expect(detail).toMatchObject({ fileName: '002.png', isExplained: false, predicted: { name: 'blue' } });
    const { concepts } = await jobs.readResult(question, context);
    expect(detail.maps.map(({ concept }) => concept)).toEqual(concepts.map(({ id }) => id));
    const { baseline, steps, unexplained, logit } = await jobs.waterfall({ ...question, image: 6 }, context);
    expect(logit).toBe(detail.logit);
    expect(baseline + steps.reduce((sum, { change }) => sum + change, 0) + unexplained).toBeCloseTo(logit, 4);
    expect(baseline + steps.reduce((sum, { change }) => sum + change, 0)).toBeCloseTo(
      detail.reconstructedLogit,
      4,
    );
    const drawn = await jobs.readImage({ ...question, image: 6, method: 'saliency' }, context);
    expect(drawn.maps).toHaveLength(concepts.length);
    expect(drawn.maps).not.toEqual(
      (await jobs.readImage({ ...question, image: 0, method: 'saliency' }, context)).maps,
    );
    const ablated = await jobs.ablateImage({ ...question, image: 6, factors: {} }, context);
    expect(ablated.before).toMatchObject({ name: 'blue' });
    expect(ablated.expected).toEqual({ index: 0, name: 'red' });
    await expect(jobs.readImage({ ...question, image: 9 }, context)).rejects.toMatchObject({
      code: 'unknown-name',
      message: 'Run run1 was given 9 images; there is no image 9.',
    });
  });

  it('go on for whoever still waits when another gives the same image up', async () => {
    const { question } = await redRun();
    const jobs = createJobs({});
    const own = new AbortController();
    const asked = { ...question, image: 6, method: 'coefficients' };
    const given = jobs.readImage(asked, { ...context, signal: own.signal }).catch(() => 'given up');
    const waited = jobs.readImage(asked, context);
    own.abort();
    expect((await waited).fileName).toBe('002.png');
    await given;
  });

  it('find in an explained image exactly what the run has found', async () => {
    const { question } = await redRun();
    const environment = createNodeEnvironment({});
    const opened = await createOpenedRuns(environment.storage)(question);
    const openIntake = createIntakes(environment);
    const examiner = createExaminer(environment, openIntake, createMaskedHeads(environment, openIntake));
    const found = await examiner.many(opened, opened.images, context);
    const { coefficients, logits, reconstructedLogits } = await found.coefficients();
    const { explanation } = opened;
    for (const [image, own] of coefficients.entries())
      expect(own.data).toEqual(opened.coefficients[image].data);
    expect([...logits]).toEqual(explanation.images.map(({ logit }) => logit));
    expect([...reconstructedLogits]).toEqual(
      explanation.images.map(({ reconstructedLogit }) => reconstructedLogit),
    );
    expect(await found.importance()).toEqual([...opened.imageImportance]);
  });

  it('say why a mistake is not called what its folder says, as the run does', async () => {
    const { question } = await redRun();
    const jobs = createJobs({});
    const environment = createNodeEnvironment({});
    const { explanation } = await createOpenedRuns(environment.storage)(question);
    expect(explanation.mistakes).toHaveLength(3);
    const { images } = await jobs.listRunImages({ ...question, offset: 0, limit: 500 }, context);
    for (const mistake of explanation.mistakes!) {
      const { image } = images.find(({ fileName }) => mistake.file.endsWith(fileName))!;
      const answer = await jobs.whyNot({ ...question, image, other: 0 }, context);
      expect(answer.ahead).toEqual({ index: 2, name: 'blue' });
      expect(answer.margin).toBeCloseTo(mistake.margin, 4);
      const changes = new Map(answer.causes.map(({ concept, change }) => [concept, change]));
      for (const { concept, change } of mistake.causes) expect(changes.get(concept)).toBeCloseTo(change, 4);
    }
    await expect(jobs.whyNot({ ...question, image: 6, other: 2 }, context)).rejects.toMatchObject({
      code: 'unknown-name',
    });
  });

  it('measure concepts in all, and in none that is no longer what it was', async () => {
    const { images, question } = await redRun();
    const jobs = createJobs({});
    const { concepts } = await jobs.readResult(question, context);
    const { strengths } = await jobs.measureImages(question, context);
    expect(strengths).toHaveLength(9);
    for (const [image, own] of strengths.slice(0, 6).entries())
      expect(own).toEqual(concepts.map((concept) => concept.strengths[image]));
    const { maps } = await jobs.readImage({ ...question, image: 7 }, context);
    expect(strengths[7]).toEqual(maps.map(({ values }) => Math.max(...values)));

    await writeFile(path.join(images, '008.png'), await scene(blobsOf(0)));
    const list = await jobs.listRunImages({ ...question, offset: 0, limit: 500 }, context);
    expect(list.images.map(({ change }) => change)).toEqual([...new Array<null>(8).fill(null), 'changed']);
    expect((await jobs.measureImages(question, context)).strengths[8]).toBeNull();
    await expect(jobs.readImage({ ...question, image: 8 }, context)).rejects.toMatchObject({
      code: 'bad-image',
    });
    await expect(jobs.whyNot({ ...question, image: 8, other: 0 }, context)).rejects.toMatchObject({
      code: 'bad-image',
    });
  });

  it('lists the explained ones where the record of the others is damaged, and says so', async () => {
    const { question } = await redRun();
    const file = path.join(question.folder, 'runs/run1/predictions.jsonl');
    const bytes = await readFile(file);
    bytes[bytes.length - 20] ^= 1;
    await writeFile(file, bytes);
    const { images, others } = await createJobs({}).listRunImages(
      { ...question, offset: 0, limit: 500 },
      context,
    );
    expect(others).toBe('damaged');
    expect(images.map(({ isExplained }) => isExplained)).toEqual(new Array<boolean>(6).fill(true));
    const { code, stderr } = await tessera('report', question.folder);
    expect(stderr).toContain('predictions.jsonl is damaged.');
    expect(code).toBe(2);
  });
});
