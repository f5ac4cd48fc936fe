import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optionsReadBy, resolveOptions, type RunOptions } from '../../../core/concepts/run-options.ts';
import { RUN_OPTIONS } from '../../../core/concepts/option-table.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import type { OpenedDevice } from '../../../core/pipeline/environment.ts';
import type { ScoredModel } from '../../../core/pipeline/scored-model.ts';
import type { ModelScores } from '../../../core/score/model-scores.ts';
import type { Explained } from '../../../core/score/explained.ts';
import { scoreOf } from '../../../core/score/score.ts';
import { stageFingerprint, type AnyStage, type Facts } from '../../../core/pipeline/stage.ts';
import { bankStage } from '../../../core/pipeline/stages/bank.ts';
import { coefficientsStage } from '../../../core/pipeline/stages/coefficients.ts';
import { evaluationStage } from '../../../core/pipeline/stages/evaluation.ts';
import { importanceStage } from '../../../core/pipeline/stages/importance.ts';
import { mapsStage } from '../../../core/pipeline/stages/maps.ts';
import { partImportanceStage } from '../../../core/pipeline/stages/part-importance.ts';
import { partMapsStage } from '../../../core/pipeline/stages/part-maps.ts';
import { partsStage } from '../../../core/pipeline/stages/parts.ts';
import { predictionsStage } from '../../../core/pipeline/stages/predictions.ts';
import { rankStage } from '../../../core/pipeline/stages/rank.ts';
import { removalsStage } from '../../../core/pipeline/stages/removals.ts';
import { rowsStage } from '../../../core/pipeline/stages/rows.ts';
import { canonicalJson, type Json } from '../../../core/project/canonical-json.ts';
import { memoryStorage } from '../project/memory-storage.ts';
import type { SharedBank } from '../../../core/pipeline/shared-bank.ts';

const storage = memoryStorage();

const STAGES: readonly AnyStage[] = [
  predictionsStage,
  rowsStage,
  bankStage,
  coefficientsStage,
  importanceStage,
  mapsStage,
  removalsStage,
  evaluationStage,
  rankStage,
  partsStage,
  partImportanceStage,
  partMapsStage,
];

function fingerprint(stage: AnyStage, options: RunOptions, facts: Facts): string {
  return stageFingerprint(storage, stage, { options, facts }, (input) => fingerprint(input, options, facts));
}

/** A stage and all that it rests on. */
function restsOn(stage: AnyStage): AnyStage[] {
  return [stage, ...Object.values(stage.inputs).flatMap(restsOn)];
}

/** Everything that a stage reads, itself or by its inputs. */
function readBy(stage: AnyStage, options: RunOptions): string {
  return canonicalJson(restsOn(stage).map(({ name }) => [name, optionsReadBy(name, options) as Json]));
}

const layer = (tensor: string): LayerRecord => ({
  tensor,
  shape: [1, 3, 2, 2],
  kind: 'spatial',
  channelAxis: 1,
  grid: [2, 2],
  computeShare: 0.5,
});

const SCORES: ModelScores = {
  output: 'y',
  task: 'multiclass',
  activation: 'none',
  classes: ['cat', 'dog'],
  width: 2,
};

const intakeOf = (
  sha256: string,
  mean = 0,
  scores = SCORES,
  explained: Explained = { kind: 'class', index: 0 },
): ScoredModel =>
  ({
    sha256,
    preprocessing: { preprocessing: { mean } },
    path: '/m.onnx',
    outputs: [{}],
    scores,
    score: scoreOf(scores, explained),
  }) as unknown as ScoredModel;

const parent = {
  ...{ id: 'c0', name: 'Concept 1', column: 0, images: [0], layer: layer('late') },
  conceptBank: matrix(1, 3),
  coefficients: [matrix(4, 1)],
};

const FACTS: Facts = {
  model: intakeOf('aa'),
  intake: intakeOf('aa'),
  device: { used: 'cpu' } as OpenedDevice,
  labels: { names: ['cat', 'dog'], source: 'card' },
  layer: layer('late'),
  classIndex: 0,
  files: [{ path: '/a.png', stamp: { size: 1, modifiedMs: 2 } }],
  answers: [{ at: 0, index: 0, probability: 1 }],
  images: [{ path: '/a.png', stamp: { size: 1, modifiedMs: 2 } }],
  sharedBank: null,
  parent,
  earlier: layer('early'),
};

/** For each fact, something else that it could be. */
const OTHERS: { readonly [Fact in keyof Facts]: readonly Facts[Fact][] } = {
  model: [intakeOf('bb'), intakeOf('aa', 1), intakeOf('aa', 0, { ...SCORES, task: 'multilabel' })],
  intake: [
    intakeOf('bb'),
    intakeOf('aa', 1),
    intakeOf('aa', 0, { ...SCORES, output: 'z', activation: 'softmax' }),
    intakeOf('aa', 0, SCORES, { kind: 'margin', index: 0, against: 1 }),
  ],
  device: [{ used: 'cuda' } as OpenedDevice],
  labels: [{ names: ['cat', 'cow'], source: 'card' }],
  layer: [layer('other')],
  classIndex: [1],
  files: [[{ path: '/a.png', stamp: { size: 1, modifiedMs: 3 } }]],
  answers: [[{ at: 0, index: 1, probability: 1 }]],
  sharedBank: [{ fingerprint: 'f' } as SharedBank],
  images: [
    [{ path: '/b.png', stamp: { size: 1, modifiedMs: 2 } }],
    [{ path: '/a.png', stamp: { size: 2, modifiedMs: 2 } }],
  ],
  parent: [
    { ...parent, column: 1 },
    { ...parent, coefficients: [matrix(4, 1, Float32Array.of(0, 0, 0, 1))] },
  ],
  earlier: [layer('other')],
};

const OPTIONS = fc.record(
  {
    concepts: fc.constantFrom<RunOptions['concepts']>(3, 10, 'auto'),
    rows: fc.constantFrom<RunOptions['rows']>('grid', 'crops'),
    patch: fc.constantFrom(16, 64),
    select: fc.constantFrom<RunOptions['select']>('predicted', 'all'),
    layer: fc.constantFrom('late', 'early'),
    design: fc.constantFrom<RunOptions['design']>('sobol', 'halton', 'lhs'),
    samples: fc.constantFrom(32, 128),
    replicates: fc.constantFrom(1, 4),
    craft: fc.boolean(),
    maps: fc.constantFrom<RunOptions['maps']>(['saliency'], ['rise'], ['gated-gradient']),
    evaluate: fc.constantFrom<RunOptions['evaluate']>('none', 'quick', 'full'),
    recurse: fc.constantFrom<1 | 'auto'>(1, 'auto'),
    parts: fc.constantFrom(2, 4),
    seed: fc.constantFrom(0, 1),
    labels: fc.constantFrom('/l.txt', '/m.txt'),
    device: fc.constantFrom<RunOptions['device']>('auto', 'cpu'),
  },
  { requiredKeys: [] },
);
const given = { model: '/m.onnx', images: ['/i'], class: 'cat' };

describe.each(STAGES.map((stage) => [stage.name, stage] as const))('the fingerprint of %s', (_, stage) => {
  it('is equal for two runs exactly when what the stage reads is equal', () => {
    fc.assert(
      fc.property(OPTIONS, OPTIONS, (one, other) => {
        // Half of the pairs differ in few options, so that both answers come up.
        const pair = [one, { ...one, ...other }].map((own) => resolveOptions({ ...given, ...own }));
        const [a, b] = pair.map((options) => fingerprint(stage, options, FACTS));
        expect(a === b).toBe(readBy(stage, pair[0]) === readBy(stage, pair[1]));
      }),
      { numRuns: 100 },
    );
  });

  it('follows every option that the table says it reads, and no other', () => {
    const usual = resolveOptions(given);
    const values = fc.sample(OPTIONS, { numRuns: 200, seed: 1 });
    for (const name of Object.keys(RUN_OPTIONS) as (keyof RunOptions)[]) {
      const other = values
        .map((one) => (one as Partial<RunOptions>)[name])
        .find((value) => value !== undefined && canonicalJson(value) !== canonicalJson(usual[name] ?? null));
      if (other === undefined) continue;
      const isRead = restsOn(stage).some((one) =>
        (RUN_OPTIONS[name].reads as readonly string[]).includes(one.name),
      );
      const changed = fingerprint(stage, { ...usual, [name]: other }, FACTS);
      expect(changed !== fingerprint(stage, usual, FACTS), name).toBe(isRead);
    }
  });

  it('follows the facts that it and its inputs declare, and no other', () => {
    const options = resolveOptions(given);
    const declared = new Set(restsOn(stage).flatMap(({ facts }) => facts));
    for (const fact of Object.keys(OTHERS) as (keyof Facts)[]) {
      for (const other of OTHERS[fact]) {
        const changed = fingerprint(stage, options, { ...FACTS, [fact]: other });
        expect(changed !== fingerprint(stage, options, FACTS), fact).toBe(declared.has(fact));
      }
    }
  });

  it('follows the version', () => {
    const options = resolveOptions(given);
    const next = { ...stage, version: stage.version + 1 };
    expect(fingerprint(next, options, FACTS)).not.toBe(fingerprint(stage, options, FACTS));
  });
});

describe('the fingerprints of the stages', () => {
  it('all differ', () => {
    const options = resolveOptions(given);
    expect(new Set(STAGES.map((stage) => fingerprint(stage, options, FACTS))).size).toBe(STAGES.length);
  });

  it('are of what the stages read, whatever else is known: rows do not follow the images that were not chosen', () => {
    const options = resolveOptions(given);
    const more = { ...FACTS, files: [...FACTS.files, { path: '/z.png', stamp: { size: 3, modifiedMs: 4 } }] };
    expect(fingerprint(importanceStage, options, more)).toBe(fingerprint(importanceStage, options, FACTS));
    expect(fingerprint(evaluationStage, options, more)).not.toBe(
      fingerprint(evaluationStage, options, FACTS),
    );
  });
});
