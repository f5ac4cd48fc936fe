import { conceptsText } from './bank-words.ts';
import { countOf, countText } from './count-text.ts';
import { gradedDecimalText, gradedPercentText, intervalText, percentText } from './number-text.ts';

/** A claim as wording needs it, see core/metrics/claims.ts. */
interface ClaimFacts {
  readonly id: 'model' | 'decision' | 'order' | 'repeatable' | 'learned' | 'enough';
  readonly cause: string;
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
  readonly heldOut?: number;
}

/** What wording needs of the run beside the claim. */
interface ClaimContext {
  readonly images: number;
  readonly concepts: number;
  /** What other cuts and numbers of concepts would leave unexplained, where that was compared. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Does the model tell a number or a likeness, of which folders cannot say whether it is right? */
  readonly isOfNumber: boolean;
  /** Images that the model tells apart. */
  readonly apart: number;
  /** Values at which the claim's grade changes, so that its figure is printed on its side of them. */
  readonly bounds: readonly number[];
  /** Was every image that was given explained, among them such whose folders name other answers? */
  readonly isSameOfAll: boolean;
  /** Orders that let the score fall faster than that by importance, "by gradient". */
  readonly fasterOrders: readonly string[];
}

/** The best of the cuts and numbers of concepts that were compared. */
interface Elsewhere {
  readonly layer: string;
  readonly r: number;
  readonly bank: 'usual' | 'sparse';
  /** Share of the movement that what no concept explains would have there. */
  readonly rest: number;
  /** Is it better than what was explained? */
  readonly isBetter: boolean;
}

/** A claim in words. */
export interface ClaimWords {
  /** What is claimed. */
  readonly name: string;
  /** What is known of it, one or two sentences with figures. */
  readonly reason: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly next: string;
}

/** What the concepts leave of the activations, A - UW. */
export const UNEXPLAINED = 'What no concept explains';
/** What it is called among the ids of concepts. */
export const REST = 'rest';

type Sentence = readonly [reason: string, next: string];
type Sentences = Readonly<Record<string, Sentence>>;

const NAMES = {
  model: 'The model is worth explaining',
  decision: 'The concepts carry the decision',
  order: 'The order is real',
  repeatable: 'Another sample would find the same',
  learned: 'It depends on what was learned',
  enough: 'There is enough to see',
} as const;

const NOT_EVALUATED: Sentence = ['It was not evaluated.', 'Evaluate the run.'];

/** What a claim says, with its figures, and what to do about it. */
export function claimWords(claim: ClaimFacts, context: ClaimContext): ClaimWords {
  const sentences: Readonly<
    Record<ClaimFacts['id'], (claim: ClaimFacts, context: ClaimContext) => Sentences>
  > = { model, decision, order, repeatable, learned, enough };
  const own = sentences[claim.id](claim, context);
  const [reason, next] = Object.hasOwn(own, claim.cause) ? own[claim.cause] : NOT_EVALUATED;
  const { isOfNumber } = context;
  const name = claim.id === 'decision' && isOfNumber ? 'The concepts carry the score' : NAMES[claim.id];
  return { name, reason, next };
}

/** A share with its 95 % interval, "95.4 % (93.1–97.0 %)"; once where both are the same text, "> 99.9 %". */
function shareText(
  { value = NaN, low, high }: Pick<ClaimFacts, 'value' | 'low' | 'high'>,
  bounds: readonly number[],
): string {
  const share = gradedPercentText(value, bounds);
  const interval = low === undefined || high === undefined ? share : intervalText({ low, high });
  return interval === share ? share : `${share} (${interval})`;
}

function model(claim: ClaimFacts, { isOfNumber, bounds }: ClaimContext): Sentences {
  const above = `Right answers above chance: ${shareText(claim, bounds)}.`;
  const guess = (claim.low ?? 1) <= 0 ? ' At 0\u00a0% it guesses.' : '';
  return {
    holds: [`The model knows what the images show. ${above}`, ''],
    'holds-in-part': [`The model is often wrong about the images. ${above}`, 'Look into its mistakes first.'],
    fails: [
      `${(claim.low ?? 0) > 0 ? 'The model does little better than guessing: there is hardly anything learned to explain.' : 'The model does no better than guessing: there is nothing learned to explain.'} ${above}`,
      'Check the preprocessing and the order of the labels; else the model has to be trained better.',
    ],
    'few-judged': [
      `Too few images lie in folders that name an answer to tell the model from one that guesses. ${above}${guess}`,
      'Add images in folders named like its answers.',
    ],
    'not-known': isOfNumber
      ? [
          'Whether the values are right is not known: folders cannot say it.',
          'Check the values of some images.',
        ]
      : [
          'Whether the model is right is not known: the folders do not name what it answers.',
          'Put images into folders named like its answers.',
        ],
  };
}

/** How much of the movement of the score the concepts carry, without a full stop. */
export function carriedShareText(
  share: Pick<ClaimFacts, 'value' | 'low' | 'high' | 'heldOut'>,
  concepts: number,
  bounds: readonly number[],
): string {
  const [these, carry] =
    concepts === 1 ? ['The concept', 'carries'] : [`The ${countOf(concepts, 'concept')}`, 'carry'];
  const where =
    share.heldOut === undefined
      ? ' in the images that they were made from'
      : ` in ${countOf(share.heldOut, 'image')} that had no part in making them`;
  return `${these} ${carry} ${shareText(share, bounds)} of the movement of the score${where}`;
}

function decision(
  claim: ClaimFacts,
  { concepts, isOfNumber, elsewhere, bounds, isSameOfAll }: ClaimContext,
): Sentences {
  const carried = carriedShareText(claim, concepts, bounds);
  const more: Sentence[1] = elsewhereText(elsewhere);
  return {
    holds: [`${carried}.`, ''],
    'holds-in-part': [`${carried}; what no concept explains carries what is left.`, more],
    fails: [`${carried}: too much lies with what no concept explains.`, more],
    'other-answers': [
      isOfNumber
        ? 'With the concepts alone many images go to the other side of the border.'
        : 'With the concepts alone the model gives another answer for some images.',
      more,
    ],
    'nothing-moves': [
      'Nothing that the concepts do moves the score: there is no decision to explain.',
      isSameOfAll
        ? 'Take another model, or check that the preprocessing does not make all images alike: their folders name different answers, and the model scores them all the same.'
        : 'Ask the model about other images: if it scores them the same too, it is the model that does not tell images apart.',
    ],
    saturated: [
      `The score is a probability that is nearly 0 or 1 for most images and hardly moves, so that shares of its movement say little.${claim.value === undefined ? '' : ` ${carried}.`}`,
      'Export the model without its last activation.',
    ],
    'at-the-scores': [
      `${carried}, but the layer is the scores themselves: the concepts are the classes again.`,
      'Explain at an earlier layer, or with a model that has one.',
    ],
    'rest-not-weighed': [
      'How much of the score no concept carries was not weighed when this run was made.',
      'Explain again.',
    ],
  };
}

/** The next step, by what was compared; else what may help. */
function elsewhereText(elsewhere: Elsewhere | undefined): string {
  if (elsewhere === undefined) return 'Compare other layers and numbers of concepts in the setup.';
  const { layer, r, rest, isBetter } = elsewhere;
  const there = `At ${layer} ${conceptsText(elsewhere)} ${r === 1 ? 'leaves' : 'leave'} ${percentText(rest)} that no concept explains`;
  return isBetter
    ? `${there}: explain there.`
    : `No other layer or number that was compared does better. ${there}.`;
}

function order({ value = NaN }: ClaimFacts, { bounds, apart, fasterOrders }: ClaimContext): Sentences {
  const faster =
    fasterOrders.length === 0
      ? ''
      : ` Taking concepts away ${fasterOrders.join(' or ')} changes the score faster still.`;
  const moved = `The score moves by it before ${gradedPercentText(value, bounds)} of random orders.${faster}`;
  return {
    holds: [`The order by importance is not chance. ${moved}`, ''],
    'holds-in-part': [
      `The order is better than most random ones, but not beyond doubt. ${moved}`,
      'Take the leading concepts together.',
    ],
    fails: [`The order is no better than chance. ${moved}`, 'Do not rely on which concept comes first.'],
    'one-concept': ['There is one concept, which has no order.', 'Explain with more concepts.'],
    'all-tie': [
      'No concept can be told apart from another by importance: no order is claimed.',
      'Explain on more images, or take the concepts together.',
    ],
    'nothing-moves': ['No concept moves the score: no order is claimed.', ''],
    'few-images': Number.isNaN(value)
      ? [`${fewText(apart)} nothing says in which order others would put the concepts.`, '']
      : [`${moved} ${fewText(apart)} no more than this can be claimed.`, ''],
    'not-known': ['The order could not be compared with chance.', ''],
  };
}

function fewText(apart: number): string {
  return `From ${countOf(apart, 'image')}${apart === 1 ? '' : ' that differ'}`;
}

function repeatable({ value = NaN }: ClaimFacts, { bounds, apart }: ClaimContext): Sentences {
  const alike = `Likeness of the concepts found again: ${gradedDecimalText(value, bounds)}.`;
  const again = 'Rely on the concepts that are found again; each says how far it is.';
  return {
    holds: [`Other images would have given the same concepts. ${alike}`, ''],
    'holds-in-part': [`Other images would have given somewhat different concepts. ${alike}`, again],
    fails: [
      `Other images would have given other concepts. ${alike}`,
      `Explain on more images, or with fewer concepts. ${again}`,
    ],
    'few-images': Number.isNaN(value)
      ? [`${fewText(apart)} nothing says what concepts others would give.`, '']
      : [`${alike} ${fewText(apart)} no more than this can be claimed.`, ''],
    'not-known': ['There are no other images in which the concepts could be looked for again.', ''],
  };
}

function learned({ value = NaN }: ClaimFacts, { bounds }: ClaimContext): Sentences {
  const alike = `Likeness of the maps to those of random weights: ${gradedDecimalText(value, bounds)}.`;
  return {
    holds: [`The maps show what the model has learned. ${alike}`, ''],
    'holds-in-part': [
      `Part of the maps owes more to the picture than to what was learned. ${alike}`,
      'Look at the crops rather than at fine places in the maps.',
    ],
    fails: [
      `The maps are much the same for a model that has learned nothing. ${alike}`,
      'Explain at a later layer, or draw the maps by another method.',
    ],
    'not-known': ['The maps could not be compared with those of random weights.', ''],
    'nothing-learned': ['The model knows too little of the images for its maps to show what it learned.', ''],
  };
}

function enough({ value = 0 }: ClaimFacts, { images }: ClaimContext): Sentences {
  const told =
    value === images
      ? countOf(images, 'image')
      : `${countOf(images, 'image')}, of which the model tells ${countText(value)} apart`;
  const more: Sentence[1] = 'Explain on 20 images or more.';
  return {
    holds: [`Seen on ${told}.`, ''],
    'holds-in-part': [`Seen on ${told}; intervals are rough below 20.`, more],
    'few-images': [`Seen on ${told}: other images may tell another story.`, more],
    'one-image': [
      'One image was explained: nothing says how others would do, and an interval over images does not exist.',
      more,
    ],
    'all-alike': [
      `The model gives all ${countOf(images, 'image')} the same score: they count as one.`,
      'Explain on images that differ.',
    ],
  };
}
