import type { Random } from '../../random.ts';
import { shuffled, streamOf } from '../stream.ts';

/** Left, top, width, height in pixels of the model's input. */
type Box = readonly [left: number, top: number, width: number, height: number];

/** A place where a concept is strong. */
export interface StrongCrop {
  /** Names the picture; equal for copies of one file. */
  readonly picture: number;
  readonly box: Box;
  /** Amount as a share of the concept's strongest crop, 0 … 1. */
  readonly amount: number;
}

/** A concept or part with its crops, and where else it is. */
export interface CropConcept {
  readonly id: string;
  readonly name: string;
  readonly isPart: boolean;
  /** What it is a part of: neither is ever set against the other. */
  readonly kin: readonly string[];
  /** Strongest first, one a picture. */
  readonly crops: readonly StrongCrop[];
  /** Its amount in a picture, and in a box of one, as shares of its strongest crop's; 1 where that is not known. */
  strengthIn(picture: number): number;
  strengthAt(picture: number, box: Box): number;
}

/** Four crops of a concept, and one of another. */
export interface CropSet {
  readonly concept: CropConcept;
  readonly own: readonly StrongCrop[];
  readonly intruder: StrongCrop;
  readonly intruderConcept: CropConcept;
}

/** Sets that were drawn, and concepts of which there are none. */
export interface DrawnSets {
  readonly sets: readonly CropSet[];
  /** Ids with the reason. */
  readonly left: readonly { readonly concept: CropConcept; readonly reason: 'few-crops' | 'everywhere' }[];
  /** Concepts that are strong in nearly every picture: their intruders come from places where they are weak. */
  readonly byPlace: readonly CropConcept[];
}

/** Shares of a concept's strongest crop from which on it is strong, and below which it is weak. */
const STRONG = 0.5;
const WEAK = 0.25;
const OWN_CROPS = 4;
/** An intruder is drawn among so many whose amounts are most like those of the four. */
const CLOSEST = 4;

/**
 * Draws sets of five crops: four strong ones of a concept from different pictures, and a strong one of another concept, as
 * large, of similar amount, from a picture that is not among the four and in which the concept is weak; where it is weak in
 * hardly any picture, from a place where it is.
 */
export function drawIntruders(concepts: readonly CropConcept[], sets: number, seed: number): DrawnSets {
  const drawn: CropSet[] = [];
  const left: DrawnSets['left'][number][] = [];
  const byPlace: CropConcept[] = [];
  for (const [place, concept] of concepts.entries()) {
    const random = streamOf(seed, 'intruders', place);
    const strong = concept.crops.filter(({ amount }) => amount >= STRONG);
    if (strong.length < OWN_CROPS) {
      left.push({ concept, reason: 'few-crops' });
      continue;
    }
    const others = intrudersOf(concept, strong[0].box, concepts);
    const inWeak = others.filter(({ crop }) => concept.strengthIn(crop.picture) < WEAK);
    const isByPlace = inWeak.length < sets;
    const usable = isByPlace
      ? others.filter(({ crop }) => concept.strengthAt(crop.picture, crop.box) < WEAK)
      : inWeak;
    const own = setsOf(concept, strong, usable, sets, random);
    if (own.length < sets) left.push({ concept, reason: 'everywhere' });
    else {
      drawn.push(...own);
      if (isByPlace) byPlace.push(concept);
    }
  }
  return { sets: drawn, left, byPlace };
}

interface Intruder {
  readonly crop: StrongCrop;
  readonly of: CropConcept;
}

/** Strong crops of other concepts, as large as those of the concept: a sharper or coarser one would give itself away. */
function intrudersOf(
  concept: CropConcept,
  [, , width, height]: Box,
  all: readonly CropConcept[],
): Intruder[] {
  return all
    .filter(
      (other) =>
        other.id !== concept.id && !concept.kin.includes(other.id) && !other.kin.includes(concept.id),
    )
    .flatMap((of) => of.crops.map((crop) => ({ crop, of })))
    .filter(({ crop: { amount, box } }) => amount >= STRONG && box[2] === width && box[3] === height);
}

function setsOf(
  concept: CropConcept,
  strong: readonly StrongCrop[],
  intruders: readonly Intruder[],
  count: number,
  random: Random,
): CropSet[] {
  const used = new Map<Intruder, number>();
  const deck: StrongCrop[] = [];
  const sets: CropSet[] = [];
  for (let set = 0; set < count; set++) {
    const own = dealt(deck, strong, random);
    const mean = own.reduce((sum, { amount }) => sum + amount, 0) / own.length;
    const fits = intruders.filter(({ crop }) => own.every(({ picture }) => picture !== crop.picture));
    if (fits.length === 0) return sets;
    const least = Math.min(...fits.map((one) => used.get(one) ?? 0));
    const close = fits
      .filter((one) => (used.get(one) ?? 0) === least)
      .sort((a, b) => Math.abs(a.crop.amount - mean) - Math.abs(b.crop.amount - mean))
      .slice(0, CLOSEST);
    const taken = close[random.integer(close.length)];
    used.set(taken, least + 1);
    sets.push({ concept, own, intruder: taken.crop, intruderConcept: taken.of });
  }
  return sets;
}

/** Four different crops from a deck that is shuffled anew where it ends. */
function dealt(deck: StrongCrop[], strong: readonly StrongCrop[], random: Random): StrongCrop[] {
  const hand: StrongCrop[] = [];
  while (hand.length < OWN_CROPS) {
    if (deck.length === 0) deck.push(...shuffled(strong, random));
    const at = deck.findIndex((one) => !hand.some(({ picture }) => picture === one.picture));
    // Those left of the deck are all in the hand: the next deck has others.
    if (at < 0) deck.push(...shuffled(strong, random));
    else hand.push(...deck.splice(at, 1));
  }
  return hand;
}
