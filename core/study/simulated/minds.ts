import type { Random } from '../../random.ts';
import type { AskStep } from '../participant-plan.ts';
import type { Study, StudyMaterial, UtilityItem } from '../study.ts';
import { featureMaker, mapReader, weightedColours, type Features } from './condition-features.ts';
import { belonging } from './crop-reader.ts';
import type { PictureView } from './picture-view.ts';
import { choicesOf } from './question.ts';
import { logisticPrediction, nearestPrediction, type Prediction, type ReaderName } from './reader.ts';
import type { MindMaker, Reply, SimulatedMind } from './simulate-study.ts';

type Utility = Extract<StudyMaterial, { kind: 'utility' }>;
type Crops = Exclude<StudyMaterial, Utility>;

/** Share of the questions that somebody answers without having looked. */
const LAPSES = 0.04;
/** Share of the learnt pictures that somebody forgets. */
const FORGOTTEN = 0.1;

/**
 * Simulated participants who use what they are shown and nothing else. `readers` are taken in turn, as often in every
 * condition. They forget some pictures, look away now and then, and waver where what they have learnt says little; whoever is
 * asked about a picture that was learnt in the session knows it again. Those who are inattentive do neither learn nor wait.
 */
export function mindMaker(
  { material, conditions }: Study,
  readers: readonly ReaderName[],
  views: (sha256: string) => PictureView,
): MindMaker {
  const mapOf = material.kind === 'utility' ? mapReader(views) : undefined;
  const features = material.kind === 'utility' ? featureMaker(material, views, mapOf!) : undefined;
  return (participant, condition, random) => {
    const reader = readers[Math.floor((participant - 1) / conditions.length) % readers.length];
    if (reader === 'inattentive') return inattentive(material, random);
    if (reader === 'guessing') return guessing(material, random);
    if (material.kind !== 'utility') return cropMind(material, views, random);
    return learner(material, random, (learnt) =>
      reader === 'logistic'
        ? logisticPrediction(learnt, features!(condition, learnt))
        : nearestPrediction(learnt, nearestFeatures(condition, learnt)),
    );
  };

  function nearestFeatures(condition: string, learnt: readonly UtilityItem[]): Features {
    const isMapped = !condition.startsWith('concept');
    return isMapped ? weightedColours(condition, learnt, views, mapOf!) : features!(condition, learnt);
  }
}

/** One who learns answers, and predicts by what was learnt so far in the sessions, or in the practice before them. */
function learner(
  { items }: Utility,
  random: Random,
  predictionOf: (learnt: readonly UtilityItem[]) => Prediction,
): SimulatedMind {
  const byId = new Map(items.map((item) => [item.id, item]));
  const shown = new Map<string, number>();
  const kept: { readonly item: UtilityItem; readonly session: number }[] = [];
  const pace = paceOf(random);
  let prediction: Prediction | undefined;
  return {
    learn(id, session) {
      shown.set(id, session);
      if (random.uniform() < FORGOTTEN) return;
      kept.push({ item: byId.get(id)!, session });
      prediction = undefined;
    },
    answer({ item: id, session }) {
      const item = byId.get(id)!;
      if (random.uniform() < LAPSES) return reply(random.integer(2), 0.3 * random.uniform(), pace, random);
      // What was learnt stays open beside the test.
      if (shown.get(id) === session) return reply(item.answer, 1, pace, random);
      const counted = kept.filter((one) => session === 0 || one.session > 0).map((one) => one.item);
      prediction ??= counted.length > 0 ? predictionOf(counted) : () => 0.5;
      const share = prediction(item);
      // As sure as one is, as often one says so.
      return reply(Number(random.uniform() < sharpened(share)), Math.abs(2 * share - 1), pace, random);
    },
  };
}

/** People answer more decidedly than they are sure: twice the log-odds. */
function sharpened(share: number): number {
  const odds = (Math.max(share, 1e-6) / Math.max(1 - share, 1e-6)) ** 2;
  return odds / (1 + odds);
}

function guessing(material: StudyMaterial, random: Random): SimulatedMind {
  const pace = paceOf(random);
  const last = choicesOf(material);
  return {
    learn: () => undefined,
    answer: () => reply(random.integer(last), 0.2 * random.uniform(), pace, random),
  };
}

function inattentive(material: StudyMaterial, random: Random): SimulatedMind {
  const last = choicesOf(material);
  return {
    learn: () => undefined,
    answer: () => reply(random.integer(last), random.uniform(), 450, random),
  };
}

/** One who compares crops: the odd one goes least with the others; the clearer gallery holds together more. */
function cropMind(material: Crops, views: (sha256: string) => PictureView, random: Random): SimulatedMind {
  const pace = paceOf(random);
  return {
    learn: () => undefined,
    answer: ({ item }: AskStep) => {
      const values = cropScores(material, item, views).map((value) => value + 0.05 * random.normal());
      const best = values.indexOf(Math.max(...values));
      const next = Math.max(...values.filter((_, at) => at !== best));
      return reply(best, Math.min(1, 4 * (values[best] - next)), pace, random);
    },
  };
}

/** For each crop how odd it is, or for each gallery how much it holds together. */
function cropScores(material: Crops, id: string, views: (sha256: string) => PictureView): number[] {
  if (material.kind === 'intruder') {
    const item = material.items.find((one) => one.id === id)!;
    return belonging(item.crops, views).map((value) => -value);
  }
  const { galleries } = material.items.find((one) => one.id === id)!;
  return galleries.map((crops) => {
    const values = belonging(crops, views);
    return values.reduce((sum, value) => sum + value / values.length, 0);
  });
}

/** Median time of an answer, by person: some seconds. */
function paceOf(random: Random): number {
  return 3500 * Math.exp(0.3 * random.normal());
}

function reply(response: number, sureness: number, pace: number, random: Random): Reply {
  return { response, sureness, milliseconds: pace * Math.exp(0.3 * random.normal()) };
}
