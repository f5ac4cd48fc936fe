import { truthFinder } from '../images/folder-class.ts';
import type { ImageFile } from '../images/folder-scan.ts';
import { findLabelShift, isBackground, outputOffset, type ShiftFound } from '../images/label-shift.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import {
  fromPreset,
  inputFrame,
  presetNames,
  presetOf,
  presetsOf,
  type PresetName,
} from '../images/preprocessing-presets.ts';
import { scorePreprocessings, type PreprocessingTrial } from '../images/score-preprocessings.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import { answerOf } from '../score/model-scores.ts';
import type { Environment } from './environment.ts';
import type { ModelIntake } from './model-intake.ts';
import { runnerFor } from './model-parts.ts';
import { readBatch } from './pictures.ts';

/** What is in use, where it is no preset. */
const AS_FOUND = 'as found';

type TrialName = PresetName | typeof AS_FOUND;
type Trial = PreprocessingTrial<TrialName>;

/** How a model does with one preprocessing on a few pictures. */
export interface PresetScore {
  readonly preset: TrialName;
  /** Share of the pictures in folders that name a class which are called so; null where no folder does. */
  readonly hitRate: number | null;
  /** Mean of the largest probability, 0…1. */
  readonly confidence: number;
  /** The one to take by these pictures: the first of the list. None where folders name fewer than two classes. */
  readonly proposed: boolean;
}

/** What comes out of a comparison of presets. */
export interface PresetComparison {
  readonly presets: readonly PresetScore[];
  /** The names of classes are off by one; hit rates are then of the names moved. */
  readonly shift?: ShiftFound;
}

/**
 * Ranks presets by what the model says of pictures under each: those of values first, then the ways to resize with the
 * best of them, as far as they change anything. What is right most often is proposed; confidence orders the list, but
 * proposes nothing by itself: larger values make any model surer. What is in use is among them, a preset or not, and gives
 * way only to more right answers. Empty where no picture can be read, and for a model without classes.
 */
export async function comparePresets(
  environment: Environment,
  intake: ModelIntake,
  images: readonly ImageFile[],
  signal?: AbortSignal,
): Promise<PresetComparison> {
  if (intake.scores.classes.length === 0) return { presets: [] };
  const inUse = intake.preprocessing.preprocessing;
  const nameInUse = presetOf(inUse) ?? AS_FOUND;
  const { tryOut, trials, readable, dispose } = await trialsOf(environment, intake, images, signal);
  try {
    await tryOut(nameInUse, inUse);
    for (const name of valuesFor(intake)) await tryOut(name, presetLike(name, inUse));
    if (trials.length === 0) return { presets: [] };
    const files = readable();
    const shift = shiftIn(intake, trials, files);
    const by = shift === undefined ? 0 : outputOffset(shift.shift);
    const expected = expectedOf(intake, files).map((index) => (index === undefined ? undefined : index + by));
    const [values] = scorePreprocessings(
      trials.filter(({ name }) => name !== AS_FOUND),
      expected,
    );
    const names = presetsOf(values.name as PresetName);
    for (const name of names.slice(1)) await tryOut(name, presetLike(name, inUse), names[0]);
    return { presets: ranked(trials, expected, [nameInUse, ...names]), ...(shift && { shift }) };
  } finally {
    await dispose();
  }
}

/** The classes that folders name; beside folders of "circle" any other is of "not circle", or of "other". */
function expectedOf({ labels, scores }: ModelIntake, files: readonly ImageFile[]): (number | undefined)[] {
  const named = files.map(truthFinder(labels.names));
  const rest = labels.names.findIndex((name) => isBackground(name) || /^(not|no)[\s_-]/i.test(name));
  const isYesOrNo = scores.task === 'binary' && rest >= 0 && named.includes(1 - rest);
  return isYesOrNo ? named.map((index) => index ?? rest) : named;
}

/** Asks the model about the same pictures under one preprocessing after another. */
async function trialsOf(
  environment: Environment,
  intake: ModelIntake,
  images: readonly ImageFile[],
  signal: AbortSignal | undefined,
) {
  const device = await environment.openDevice('cpu');
  const runner = runnerFor({ environment, device, intake }, intake.model);
  const trials: Trial[] = [];
  const inputs = new Map<TrialName, Float32Array>();
  let readable: readonly ImageFile[] = [];
  /** Leaves out what comes to the same input as `unlike`. */
  const tryOut = async (name: TrialName, preprocessing: Preprocessing, unlike?: TrialName): Promise<void> => {
    signal?.throwIfAborted();
    if (inputs.has(name)) return;
    const batch = await readBatch(environment.codec, images, preprocessing);
    if (batch.input === undefined) return;
    const { data } = batch.input;
    const other = unlike === undefined ? undefined : inputs.get(unlike);
    if (other?.every((value, i) => value === data[i]) === true) return;
    inputs.set(name, data);
    readable = batch.readable.map((index) => images[index]);
    const scores = tensorMatrix(await runner.run(batch.input));
    const answers = readable.map((_, row) => answerOf(intake.scores, rowView(scores, row)));
    trials.push({ name, answers });
  };
  return { trials, readable: () => readable, tryOut, dispose: () => runner.dispose() };
}

/** A model of whole numbers can be given nothing but levels. */
function valuesFor({ signature }: ModelIntake): readonly PresetName[] {
  return /^u?int/.test(signature.input.type) ? ['raw'] : presetNames;
}

/** Transparent pixels become of what is in use. */
function presetLike(name: PresetName, inUse: Preprocessing): Preprocessing {
  const { alpha } = inUse;
  return { ...fromPreset(name, inputFrame(inUse)), ...(alpha !== undefined && { alpha }) };
}

/** Under the right preprocessing the shift shows best. */
function shiftIn(
  { labels }: ModelIntake,
  trials: readonly Trial[],
  files: readonly ImageFile[],
): ShiftFound | undefined {
  const found = trials.map(({ answers }) =>
    findLabelShift(
      labels.names,
      answers.map(({ index }, row) => ({ path: files[row].path, index })),
    ),
  );
  return found
    .filter((shift) => shift !== undefined)
    .reduce<ShiftFound | undefined>(
      (best, shift) => (best === undefined || shift.shiftedHits > best.shiftedHits ? shift : best),
      undefined,
    );
}

/**
 * The proposed one before the others: what is right most often, the first of `inOrder` among equals: what is in use, then
 * the best values with the usual resizing and with others.
 */
function ranked(
  trials: readonly Trial[],
  expected: readonly (number | undefined)[],
  inOrder: readonly TrialName[],
): PresetScore[] {
  const scores = scorePreprocessings(trials, expected);
  const rates = new Map(scores.map(({ name, hitRate }) => [name, hitRate ?? -1] as const));
  const best = inOrder.reduce((first, name) => ((rates.get(name) ?? -1) > rates.get(first)! ? name : first));
  // Of one class alone a model that always says it is right most often.
  const isKnown = new Set(expected.filter((index) => index !== undefined)).size > 1;
  return scores
    .map(({ name, hitRate, confidence }) => ({
      preset: name,
      hitRate: hitRate ?? null,
      confidence,
      proposed: isKnown && name === best,
    }))
    .sort((a, b) => Number(b.proposed) - Number(a.proposed));
}
