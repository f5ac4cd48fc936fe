import { TesseraError } from '../../errors.ts';
import type { Concept } from '../../concepts/explanation.ts';
import type { FilePicture } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import { drawIntruders, type DrawnSets, type StrongCrop } from '../../study/draw/draw-intruders.ts';
import { shuffled, streamOf } from '../../study/stream.ts';
import type { ChoiceItem, IntruderItem, StudyMaterial, StudyPicture } from '../../study/study.ts';
import { listText } from '../../wording/count-text.ts';
import type { PictureMaker } from './picture-maker.ts';
import { runCrops, type RunCrops } from './run-crops.ts';
import type { SourceRun } from './study-runs.ts';
import type { StudyWork } from './utility-candidates.ts';

/** Crops in a gallery, and the fewest that show anything. */
const MOST_CROPS = 6;
const FEWEST_CROPS = 3;

/** What was drawn, and what should be known of it. */
export interface CropMaterial {
  readonly material: StudyMaterial;
  readonly notes: readonly string[];
}

/** The crops are the question: a screen reader can only count them. */
const ALT = 'A crop';

/**
 * Sets of five crops for every concept and part of a run, in a random order. Throws 'no-images' where no concept has enough
 * strong crops.
 */
export async function makeIntruder(
  project: Project,
  source: SourceRun,
  maker: PictureMaker,
  { sets, seed }: { readonly sets: number; readonly seed: number },
  work: StudyWork,
): Promise<CropMaterial> {
  const crops = await runCrops(project, source);
  const drawn = drawIntruders(crops.concepts, sets, seed);
  if (drawn.sets.length === 0)
    throw new TesseraError('no-images', 'No concept of the run has crops enough for sets of five.', {
      hint: 'Each needs four pictures in which it is strong, and others in which it is weak: run on more pictures.',
    });
  const keep = cropKeeper(source, maker, crops, work);
  const items: IntruderItem[] = [];
  for (const [at, set] of shuffled(drawn.sets, streamOf(seed, 'sets')).entries()) {
    const pictures: StudyPicture[] = [];
    for (const crop of [...set.own, set.intruder]) pictures.push(await keep(crop));
    items.push({
      id: `i${at + 1}`,
      concept: set.concept.id,
      name: set.concept.name,
      isPart: set.concept.isPart,
      crops: pictures,
      intruderConcept: set.intruderConcept.id,
    });
  }
  return {
    material: { kind: 'intruder', items },
    notes: [...lengthNote(items.length, sets), ...notesOf(drawn)],
  };
}

/** Questions that people answer before they tire, and the seconds that one takes. */
const [MOST_QUESTIONS, SECONDS] = [100, 8];

function lengthNote(questions: number, sets: number): string[] {
  if (questions <= MOST_QUESTIONS) return [];
  const minutes = Math.round((questions * SECONDS) / 60);
  const fewer = sets > 2 ? 'ask for fewer sets of each concept, or hide' : 'hide';
  return [
    `Everybody is asked ${questions} questions, which takes about ${minutes} minutes. To make it shorter, ${fewer} concepts that are not to be asked about.`,
  ];
}

function notesOf({ left, byPlace }: DrawnSets): string[] {
  const namesOf = (reason: 'few-crops' | 'everywhere'): string[] =>
    left.filter((one) => one.reason === reason).map(({ concept }) => concept.name);
  const [few, everywhere] = [namesOf('few-crops'), namesOf('everywhere')];
  return [
    ...(few.length > 0
      ? [`Left out, because fewer than four pictures show it strongly: ${listText(few)}.`]
      : []),
    ...(everywhere.length > 0
      ? [`Left out, because no crop of another concept is free of it: ${listText(everywhere)}.`]
      : []),
    ...(byPlace.length > 0
      ? [
          `Strong in nearly every picture, so that intruders come from places where it is weak instead of pictures: ${listText(byPlace.map(({ name }) => name))}.`,
        ]
      : []),
  ];
}

/**
 * The gallery of every decomposed concept against that of each of its parts, as many crops in both. Throws 'no-images' where
 * no concept was decomposed.
 */
export async function makeChoice(
  project: Project,
  source: SourceRun,
  maker: PictureMaker,
  work: StudyWork,
): Promise<CropMaterial> {
  const crops = await runCrops(project, source);
  const keep = cropKeeper(source, maker, crops, work);
  const items: ChoiceItem[] = [];
  const left: string[] = [];
  for (const { parent, parts } of crops.decompositions) {
    for (const part of parts) {
      const count = Math.min(MOST_CROPS, parent.crops.length, part.crops.length);
      if (count < FEWEST_CROPS) {
        left.push(part.name);
        continue;
      }
      const gallery = async (concept: Concept): Promise<StudyPicture[]> => {
        const kept: StudyPicture[] = [];
        for (const { image, box } of concept.crops.slice(0, count))
          kept.push(await keep({ picture: image, box }));
        return kept;
      };
      items.push({
        id: `b${items.length + 1}`,
        concept: parent.id,
        name: parent.name,
        part: part.id,
        partName: part.name,
        galleries: [await gallery(parent), await gallery(part)],
      });
    }
  }
  if (items.length === 0)
    throw new TesseraError(
      'no-images',
      `The run "${source.run.id}" has no concept with parts to compare it with.`,
      {
        hint: 'Decompose one first, for example: tessera decompose PROJECT --concept "Concept 1".',
      },
    );
  const few = `Left out, because fewer than ${FEWEST_CROPS} crops show it: ${listText(left)}.`;
  return { material: { kind: 'choice', items }, notes: left.length > 0 ? [few] : [] };
}

/** Cuts crops out of the pictures of a run; the picture read last is held, since crops of one follow each other. */
function cropKeeper(
  { scope: { intake } }: SourceRun,
  maker: PictureMaker,
  { files }: RunCrops,
  { signal }: StudyWork,
): (crop: Pick<StrongCrop, 'picture' | 'box'>) => Promise<StudyPicture> {
  const { preprocessing } = intake.preprocessing;
  let held: { readonly at: number; readonly picture: FilePicture } | undefined;
  return async ({ picture: at, box }) => {
    signal?.throwIfAborted();
    if (held?.at !== at) held = { at, picture: await maker.framed(files[at], preprocessing) };
    return maker.keepCrop(held.picture, box, preprocessing, ALT);
  };
}
