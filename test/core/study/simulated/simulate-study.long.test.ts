import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../core/random.ts';
import { overlayMap } from '../../../../core/report/rgb-picture.ts';
import { pearson } from '../../../../core/metrics/correlation.ts';
import { excludeParticipants } from '../../../../core/study/analysis/exclusions.ts';
import { planParticipant } from '../../../../core/study/plan-participant.ts';
import { knownAbility } from './known-ability.ts';
import { mindMaker } from '../../../../core/study/simulated/minds.ts';
import { viewOf, type PictureView } from '../../../../core/study/simulated/picture-view.ts';
import { READERS, type ReaderName } from '../../../../core/study/simulated/reader.ts';
import { readShownMap } from '../../../../core/study/simulated/shown-map.ts';
import { simulateStudy } from '../../../../core/study/simulated/simulate-study.ts';
import type { StudyData } from '../../../../core/study/trial.ts';
import { sharpCodec } from '../../../../core/runtime/image-codec.ts';
import {
  asStudy,
  exampleChoice,
  exampleIntruder,
  exampleUtility,
  type ExampleStudy,
} from '../example-study.ts';
import { markedStudy } from './marked-study.ts';

const { frozen, views } = markedStudy(3);
/** One for each reader: what is read off pictures is kept. */
const minds = new Map(READERS.map((reader) => [reader, mindMaker(frozen.study, [reader], views)]));
const simulated = (reader: ReaderName, count = 50, seed = 1) =>
  simulateStudy(frozen, count, seed, minds.get(reader)!);

/** Share of right answers to the questions that count, by condition. */
function accuracies({ trials }: StudyData): Readonly<Record<string, number>> {
  return Object.fromEntries(
    frozen.study.conditions.map((condition) => {
      const own = trials.filter((trial) => trial.kind === 'test' && trial.condition === condition);
      return [condition, own.filter(({ isCorrect }) => isCorrect).length / own.length];
    }),
  );
}

describe('readShownMap()', () => {
  it.each([false, true])('reads the values of a map off its colours (signed: %s)', (isSigned) => {
    const random = createRandom(1);
    const data = Uint8Array.from({ length: 128 * 128 * 3 }, () => 80 + random.integer(100));
    const image = { width: 128, height: 128, data };
    const values = Float32Array.from({ length: 64 }, () =>
      isSigned ? 2 * random.uniform() - 1 : random.uniform(),
    );
    const shown = overlayMap(image, { values, grid: [8, 8] }, 1, isSigned);
    const read = readShownMap(viewOf(image), viewOf(shown));
    const truth = Float32Array.from({ length: 64 * 64 }, (_, cell) => {
      const [row, column] = [Math.floor(Math.floor(cell / 64) / 8), Math.floor((cell % 64) / 8)];
      return values[8 * row + column];
    });
    // Between the centres of cells the map is interpolated.
    const centres = [...truth.keys()].filter(
      (cell) => [3, 4].includes(cell % 8) && [3, 4].includes(Math.floor(cell / 64) % 8),
    );
    const at = (from: Float32Array) => centres.map((cell) => from[cell]);
    expect(pearson(at(read), at(truth))!).toBeGreaterThan(0.97);
    expect(Math.min(...read) < -0.2).toBe(isSigned);
  });
});

describe('simulated participants', () => {
  it('predict by what they are shown: a mark by its map, its gallery or its amounts, not by colours or a map of nothing', () => {
    const found = accuracies(simulated('logistic'));
    for (const condition of ['map', 'concepts', 'concept-maps'])
      expect(found[condition]).toBeGreaterThan(0.75);
    for (const condition of ['control', 'wrong-map']) expect(found[condition]).toBeLessThan(0.68);
    const nearest = accuracies(simulated('nearest'));
    expect(nearest['concept-maps']).toBeGreaterThan(0.75);
    expect(nearest.control).toBeLessThan(0.68);
  });

  it('read nothing else: what a picture is called, or another condition shows, changes no prediction', () => {
    const { study } = frozen;
    if (study.material.kind !== 'utility') throw new Error('utility expected');
    const tested = study.material.sessions.flatMap(({ test }) => test);
    const items = study.material.items.map((item) => ({
      ...item,
      answer: tested.includes(item.id) ? ((1 - item.answer) as 0 | 1) : item.answer,
      shown: { ...item.shown, 'concept-maps': [] },
    }));
    const material = { ...study.material, items, legend: { ...study.material.legend, 'concept-maps': [] } };
    const turned = { ...frozen, study: { ...study, material } };
    const others = simulateStudy(turned, 20, 1, mindMaker(turned.study, ['logistic'], views));
    const own = simulated('logistic', 20);
    const said = ({ trials }: StudyData, condition: string) =>
      trials.filter((trial) => trial.condition === condition).map(({ response }) => response);
    for (const condition of ['control', 'map', 'wrong-map', 'concepts']) {
      expect(said(others, condition)).toEqual(said(own, condition));
      expect(said(own, condition).length).toBeGreaterThan(50);
    }
    expect(said(others, 'concept-maps')).not.toEqual(said(own, 'concept-maps'));
  });

  it('pass quiz and catch questions where they attend, and are left out where they do not', () => {
    const attentive = simulated('logistic');
    expect(excludeParticipants(attentive, frozen.study.rules).included).toBeGreaterThan(45);
    const hasty = excludeParticipants(simulated('inattentive'), frozen.study.rules);
    expect(hasty.included).toBe(0);
    expect(hasty.counts.fast).toBe(50);
    const guessing = simulated('guessing');
    for (const share of Object.values(accuracies(guessing))) expect(Math.abs(share - 0.5)).toBeLessThan(0.12);
    expect(excludeParticipants(guessing, frozen.study.rules).counts.quiz).toBeGreaterThan(25);
  });

  it('answer every question of their plan once, the same by the same seed', () => {
    const data = simulated('nearest', 6);
    for (const { participant, condition } of data.participants) {
      const plan = planParticipant(frozen.study, participant);
      expect(condition).toBe(plan.condition);
      const asked = plan.steps.flatMap((step) => (step.kind === 'ask' ? [step.trial] : []));
      const answered = data.trials
        .filter((trial) => trial.participant === participant)
        .map(({ trial }) => trial);
      expect(new Set(answered).size).toBe(answered.length);
      expect(asked.filter((trial) => !answered.includes(trial)).length).toBeLessThanOrEqual(4);
    }
    expect(simulated('nearest', 6)).toEqual(data);
    expect(simulated('nearest', 6, 2)).not.toEqual(data);
  });

  it('takes readers in turn in every condition', () => {
    const data = simulateStudy(frozen, 20, 1, mindMaker(frozen.study, ['guessing', 'inattentive'], views));
    const { excluded } = excludeParticipants(data, frozen.study.rules);
    const hasty = excluded
      .filter(({ reasons }) => reasons.includes('fast'))
      .map(({ condition }) => condition);
    expect(hasty.sort()).toEqual([...frozen.study.conditions, ...frozen.study.conditions].sort());
  });

  it('find the crop of another colour, and take either gallery', async () => {
    const data = await cropAnswers(await exampleIntruder({}, sharpCodec));
    expect(data.filter(({ isCorrect }) => isCorrect).length).toBeGreaterThan(0.9 * data.length);
    const choices = await cropAnswers(await exampleChoice({}, sharpCodec));
    expect(new Set(choices.map(({ response }) => response))).toEqual(new Set([0, 1]));
    expect(choices.every(({ isCorrect, confidence }) => isCorrect === null && confidence === null)).toBe(
      true,
    );
  });
});

async function cropAnswers(example: ExampleStudy) {
  const looks = new Map<string, PictureView>();
  for (const [sha256, bytes] of example.pictures) {
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    looks.set(sha256, viewOf({ width: info.width, height: info.height, data }));
  }
  const study = asStudy(example);
  const mind = mindMaker(study, ['nearest'], (sha256) => looks.get(sha256)!);
  const { trials } = simulateStudy({ study, sha256: 'ab' }, 10, 1, mind);
  expect(trials).toHaveLength(10 * study.material.items.length);
  return trials;
}

describe('knownAbility()', () => {
  it('is right as often as it is said, by condition, session and question', async () => {
    const study = asStudy(await exampleUtility({ test: 40, conditions: ['control', 'grad-cam'] }));
    const share = (condition: string, session: number): number =>
      condition === 'control' ? 0.6 : 0.6 + 0.1 * session;
    const logOdds = (condition: string, session: number): number => {
      const p = share(condition, session);
      return Math.log(p / (1 - p));
    };
    const ability = knownAbility(study.material, { logOdds, participantSpread: 0, questionSpread: 0 }, 1);
    const { trials } = simulateStudy({ study, sha256: 'ab' }, 60, 5, ability);
    for (const condition of study.conditions)
      for (const session of [1, 2, 3]) {
        const own = trials.filter(
          (one) => one.kind === 'test' && one.condition === condition && one.session === session,
        );
        const right = own.filter(({ isCorrect }) => isCorrect).length / own.length;
        expect(Math.abs(right - share(condition, session))).toBeLessThan(0.05);
      }
    expect(trials.filter(({ kind }) => kind !== 'test').every(({ isCorrect }) => isCorrect)).toBe(true);
  });
});
