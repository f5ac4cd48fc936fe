import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, type RunOptions } from '../../../core/concepts/run-options.ts';
import { nnls } from '../../../core/factorization/nnls.ts';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import { reconstructionError } from '../../../core/metrics/reconstruction.ts';
import { randomiseWeights } from '../../../core/onnx/randomise-weights.ts';
import { evaluate } from '../../../core/pipeline/evaluation/evaluate.ts';
import { evaluateRun, rankOfQuestion, rankOfRun } from '../../../core/pipeline/evaluation/evaluate-run.ts';
import type { ExplainOutcome } from '../../../core/pipeline/explain.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { scoredBy, type ScoredModel } from '../../../core/pipeline/scored-model.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import type { ScoredScope, RunScope } from '../../../core/pipeline/run-context.ts';
import { openStages } from '../../../core/pipeline/stage-runner.ts';
import { imageCoefficients } from '../../../core/pipeline/stages/coefficients.ts';
import { rowsStage } from '../../../core/pipeline/stages/rows.ts';
import { loadEvaluation } from '../../../core/project/evaluation-file.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { openStageEntry } from '../../../core/project/stage-entry.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { explainOptions } from './explain-options.ts';

const DEMO = path.join(import.meta.dirname, '../../../models/demo');
const HOUSES = path.join(DEMO, 'images/house');
const environment = createNodeEnvironment();

type Scope = RunScope & ScoredScope;

describe('the evaluation of the demo', () => {
  let folder: string;
  let intake: ScoredModel;
  let houses: ExplainOutcome;
  let scope: Scope;

  const scopeOf = async (name: string, model = intake): Promise<Scope> => ({
    environment,
    device: await environment.openDevice('cpu'),
    intake: model,
    project: await openOrCreateProject(environment, path.join(folder, name), model, [HOUSES]),
    onProgress: () => undefined,
    signal: undefined,
  });
  const optionsFor = (changes: Partial<RunOptions> = {}): RunOptions => ({
    ...DEFAULT_OPTIONS,
    model: intake.path,
    images: [HOUSES],
    class: 'house',
    device: 'cpu',
    maps: ['upsampled-coefficients'],
    ...changes,
  });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-evaluation-'));
    const demo = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
    intake = scoredBy(demo, { kind: 'class', index: demo.labels.names.indexOf('house') });
    scope = await scopeOf('houses');
    houses = await explainOptions(scope, optionsFor());
    scope = { ...scope, project: houses.project };
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('finds the order by importance better than random ones, beyond both intervals', () => {
    const { deletion, insertion } = houses.evaluation!;
    expect(deletion.orders.sobol.interval![1]).toBeLessThan(deletion.random.interval![0]);
    expect(insertion.orders.sobol.interval![0]).toBeGreaterThan(insertion.random.interval![1]);
    expect(deletion.orders.gradient!.auc).toBeLessThan(deletion.random.interval![0]);
  });

  it('draws its curves from nothing to what the model itself says', () => {
    const { deletion, insertion } = houses.evaluation!;
    for (const { hasRest, orders } of [deletion, insertion]) {
      expect(hasRest).toBe(true);
      expect(orders.sobol.scores).toHaveLength(12);
    }
    const { images } = houses.run.explanation!;
    const own = images.reduce((sum, { logit }) => sum + logit, 0) / images.length;
    // The curves are of 32 images in 40.
    expect(Math.abs(deletion.orders.sobol.logits[0] / own - 1)).toBeLessThan(0.1);
    expect(insertion.orders.sobol.logits.at(-1)).toBeCloseTo(deletion.orders.sobol.logits[0], 3);
  });

  it('says what the concepts carry in images that had no part in making them', () => {
    const { images, agreement, rest } = houses.evaluation!.heldOut!;
    expect(images).toBeGreaterThanOrEqual(20);
    expect(agreement).toBe(1);
    expect(rest!.mean).toBeGreaterThan(houses.run.explanation!.rest!.mean / 2);
    expect(rest!.mean).toBeLessThan(0.1);
    expect(rest!.low).toBeLessThanOrEqual(rest!.mean);
  });

  it('trusts it, in figures within their bounds', () => {
    const evaluation = houses.evaluation!;
    const { grade, lights } = trustVerdict(houses.run.explanation!, evaluation);
    expect(grade).toBe('good');
    expect(lights.every(({ level }) => level !== 'unknown')).toBe(true);
    expect(evaluation.stability.concepts).toHaveLength(10);
    for (const { mean, min } of evaluation.stability.concepts) {
      expect(mean).toBeLessThanOrEqual(1 + 1e-6);
      expect(min).toBeLessThanOrEqual(mean + 1e-9);
    }
    expect(Math.abs(evaluation.muFidelity.mean!)).toBeLessThanOrEqual(1);
    expect(evaluation.sanity.similarity).toBeGreaterThanOrEqual(0);
  });

  it('is stored with the run and comes out the same when it is made again', async () => {
    const { id } = houses.run;
    expect(await loadEvaluation(houses.project, id)).toEqual({ schemaVersion: 3, ...houses.evaluation });
    expect(await evaluateRun(scope, id, 'quick')).toEqual(houses.evaluation);
  });

  it('stops when asked to, and leaves the old one', async () => {
    const cancel = new AbortController();
    const stopping = { ...scope, signal: cancel.signal, onProgress: () => cancel.abort() };
    await expect(evaluateRun(stopping, houses.run.id, 'quick')).rejects.toThrow(/abort/i);
    expect(await loadEvaluation(houses.project, houses.run.id)).toMatchObject({ level: 'quick' });
  });

  it('is red for the same concepts on the model with random weights', async () => {
    const random = { ...intake, model: randomiseWeights(intake.model, 3) };
    const { grade, lights } = await verdictOn({ ...scope, intake: random });
    expect(grade).toBe('weak');
    expect(lights.find(({ figure }) => figure === 'r2')!.level).toBe('weak');
  });

  it('would be as it was on the model itself: the check above can fail', async () => {
    expect((await verdictOn(scope)).grade).toBe('good');
  });

  it.each([1, 2])('is red for concepts made of random weights (seed %i)', async (seed) => {
    const images = intake.labels.names.flatMap((name) =>
      [1, 2, 3, 4].map((number) => path.join(DEMO, 'images', name, `0${number}.jpg`)),
    );
    const random = {
      ...intake,
      model: randomiseWeights(intake.model, seed),
      sha256: String(seed).repeat(64),
    };
    const own = await scopeOf(`random${seed}`, random);
    const { run, evaluation } = await explainOptions(own, optionsFor({ images, select: 'all' }));
    const { grade, reasons } = trustVerdict(run.explanation!, evaluation);
    expect(grade).toBe('weak');
    expect(reasons.join(' ')).toContain('no better than guessing');
  });

  it.each([
    ['one concept', { concepts: 1 }, 40],
    ['one image', { concepts: 3 }, 1],
    ['one concept in one image', { concepts: 1 }, 1],
  ] as const)('can be made of %s', async (name, changes, count) => {
    const files = (await readdir(HOUSES)).sort().slice(0, count);
    const images = files.map((file) => path.join(HOUSES, file));
    const own = await scopeOf(name.replaceAll(' ', '-'));
    const { run, evaluation } = await explainOptions(own, optionsFor({ ...changes, images, select: 'all' }));
    expect(evaluation!.images).toBeLessThanOrEqual(count);
    expect(trustVerdict(run.explanation!, evaluation).lights.length).toBeGreaterThan(0);
    if (changes.concepts === 1) expect(evaluation!.deletion.orders.sobol.beatsRandom).toBeUndefined();
    if (count === 1) {
      expect(evaluation!.deletion.orders.sobol.interval).toBeUndefined();
      expect(evaluation!.heldOut).toBeUndefined();
    }
  });

  it('does not take copies for other images', async () => {
    const copies = path.join(folder, 'copies');
    await mkdir(copies);
    for (const file of (await readdir(HOUSES)).sort().slice(0, 4))
      for (const copy of [1, 2, 3, 4, 5, 6])
        await copyFile(path.join(HOUSES, file), path.join(copies, `${copy}-${file}`));
    const own = await scopeOf('of-copies');
    const asked = optionsFor({ concepts: 3, images: [copies], select: 'all' });
    const { evaluation, run } = await explainOptions(own, asked);
    expect(run.explanation!.images).toHaveLength(24);
    expect(evaluation!.images).toBe(4);
    expect(evaluation!.heldOut).toBeUndefined();
    expect(evaluation!.influence).toBeUndefined();
    expect(evaluation!.deletion.orders.sobol.interval).toBeDefined();
  });

  it('can be left out, and made later to the same figures, also where what was computed is gone', async () => {
    const own = await scopeOf('none');
    const { evaluation, project, run } = await explainOptions(own, optionsFor({ evaluate: 'none' }));
    expect(evaluation).toBeUndefined();
    expect(await loadEvaluation(project, run.id)).toBeUndefined();
    const later = { ...own, project };
    expect(houses.evaluation!.influence!.concepts).toHaveLength(10);
    expect(await evaluateRun(later, run.id, 'quick')).toEqual(houses.evaluation);
    await rm(path.join(project.folder, 'cache'), { recursive: true });
    expect(await evaluateRun(later, run.id, 'quick')).toEqual(houses.evaluation);
    expect(await loadEvaluation(project, run.id)).toEqual({ schemaVersion: 3, ...houses.evaluation });
  });

  it('weighs numbers of concepts before a run, which then keeps the evidence', async () => {
    const own = await scopeOf('rank');
    const before = await rankOfQuestion(
      own,
      await resolveQuestion(environment.storage, intake, optionsFor()),
      optionsFor(),
    );
    const r2 = before.points.map((point) => point.r2);
    expect(r2).toEqual(r2.toSorted((a, b) => a - b));
    for (const { stability, importanceMass } of before.points) {
      expect(stability).toBeGreaterThan(0.3);
      expect(importanceMass).toBeGreaterThanOrEqual(0);
      expect(importanceMass).toBeLessThanOrEqual(1 + 1e-12);
    }
    expect(before.points.map(({ r }) => r)).toContain(before.suggested);
    const { run, project, evaluation } = await explainOptions(
      own,
      optionsFor({ concepts: before.suggested }),
    );
    expect(evaluation!.rank).toEqual(before);
    expect(await rankOfRun({ ...own, project }, run.id)).toEqual(before);
  });

  /** What the run's concepts are worth on another model, or again on their own. */
  async function verdictOn(on: Scope) {
    const { run } = houses;
    const explanation = run.explanation!;
    const { conceptBank, imageImportance } = await loadRunTensors(houses.project, run.id);
    const facts = {
      intake: on.intake,
      device: on.device,
      layer: explanation.layer,
      images: explanation.images.map(({ file }) => ({ path: file })),
    };
    const key = on.intake === intake ? 'own' : 'random';
    const known = [{ stage: rowsStage, fingerprint: key.repeat(4) }];
    const rows = await openStages(on, facts, optionsFor(), { known }).get(rowsStage);
    const context = {
      ...on,
      ...facts,
      labels: on.intake.labels,
      classIndex: explanation.classIndex,
      sharedBank: null,
      options: optionsFor(),
      entry: await openStageEntry(houses.project, 'coefficients', `${key}c`.repeat(4)),
    };
    const images = await imageCoefficients(context, conceptBank);
    const judged = explanation.images.map((image, i) => ({
      ...image,
      logit: images.logits[i],
      reconstructedLogit: images.reconstructedLogits[i],
      agrees: images.agrees[i] === 1,
    }));
    const { coefficients } = await nnls(rows.activations, conceptBank);
    const agreement = judged.filter(({ agrees }) => agrees).length / judged.length;
    const reconstruction = {
      ...reconstructionError(rows.activations, coefficients, conceptBank),
      agreement,
    };
    const evaluation: Evaluation = await evaluate(
      context,
      {
        explanation: { images: judged, reconstruction },
        rows,
        conceptBank,
        coefficients: images.coefficients,
        order: explanation.concepts.map(({ id }) => rowOfId(id)),
        imageImportance,
      },
      'quick',
    );
    return trustVerdict(explanation, evaluation);
  }
});
