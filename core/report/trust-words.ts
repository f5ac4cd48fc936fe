import { TRUST_THRESHOLDS, type TrustFigure, type TrustLevel, type TrustLight } from '../metrics/trust.ts';
import { numberText, percentText } from './number-text.ts';

/** What a figure is called and means, in plain words and in the field's. */
interface FigureWords {
  readonly name: string;
  readonly technical: string;
  /** How a value is written. */
  readonly text: (value: number) => string;
  readonly meaning: string;
  /** What each level says. */
  readonly says: Readonly<Record<TrustLevel, string>>;
}

/** A light as people read it. */
export interface LightInWords extends TrustLight {
  readonly name: string;
  readonly technical: string;
  /** The value, "not known" where there is none. */
  readonly text: string;
  readonly meaning: string;
  /** What the level says. */
  readonly says: string;
  /** From where on it is good or fair. */
  readonly bands: string;
}

const WORDS: Readonly<Record<TrustFigure, FigureWords>> = {
  hitRate: {
    name: 'Right answers',
    technical: 'accuracy above chance',
    text: percentText,
    meaning:
      'How much more often than by guessing the model says what the folder of an image says, over all images that were given: 100\u202f% is always, 0\u202f% is guessing.',
    says: {
      good: 'The model knows what these images show.',
      fair: 'The model is often wrong about these images.',
      weak: 'The model does no better than guessing on these images: there is nothing learned to explain.',
      unknown: 'The folders of the images do not name a class.',
    },
  },
  agreement: {
    name: 'Same answer',
    technical: 'agreement of argmax h(UW) with the model',
    text: percentText,
    meaning:
      'Share of the images that keep their predicted class when the model goes on with the concepts instead of its own activations.',
    says: {
      good: 'The concepts lead the model to its own answers.',
      fair: 'For some images the concepts lead the model to another answer.',
      weak: 'For many images the concepts lead the model to another answer.',
      unknown: 'It was not tried whether the concepts lead to the same answers.',
    },
  },
  r2: {
    name: 'Variation kept',
    technical: 'R² of the activations',
    text: numberText,
    meaning:
      'Share of the differences between places and images, inside the model, that the concepts reproduce: 1 is all, 0 is no better than the average, below 0 is worse.',
    says: {
      good: 'The concepts hold nearly all that the layer tells apart.',
      fair: 'The concepts miss part of what the layer tells apart; more of them may catch it.',
      weak: 'The concepts miss most of what the layer tells apart.',
      unknown: 'It was not measured how much of the activations the concepts hold.',
    },
  },
  relativeError: {
    name: 'Left out',
    technical: 'relative error ‖A − UW‖ / ‖A‖',
    text: percentText,
    meaning:
      'Size of what the concepts miss, compared with the size of the activations themselves; smaller is better. Shown for comparison with other tools, not counted in the verdict.',
    says: {
      good: 'Little of the activations is left out.',
      fair: 'A part of the activations is left out.',
      weak: 'Much of the activations is left out.',
      unknown: 'It was not measured how much is left out.',
    },
  },
  logitR2: {
    name: 'Score kept',
    technical: 'R² of the class logit over images',
    text: numberText,
    meaning:
      'Share of the differences of the class score between images that remain when it is computed from the concepts. Images of one class differ little, so that a small constant offset costs much.',
    says: {
      good: 'The score follows from the concepts.',
      fair: 'The score follows from the concepts in part.',
      weak: 'Why one image scores higher than another cannot be told from the concepts.',
      unknown: 'The score is the same for all images.',
    },
  },
  deletion: {
    name: 'Order when taken away',
    technical: 'concept deletion, random orders beaten',
    text: percentText,
    meaning:
      'Concepts are taken away one after another, the most important first. Share of random orders in which the score falls more slowly.',
    says: {
      good: 'Without its leading concepts the score falls faster than chance would have it.',
      fair: 'The order of the concepts is better than most random ones, but not beyond doubt.',
      weak: 'The order of the concepts is no better than chance.',
      unknown: 'The order of the concepts could not be compared with chance.',
    },
  },
  insertion: {
    name: 'Order when put in',
    technical: 'concept insertion, random orders beaten',
    text: percentText,
    meaning:
      'Concepts are put in one after another, the most important first. Share of random orders in which the score rises more slowly.',
    says: {
      good: 'The leading concepts alone bring most of the score.',
      fair: 'The leading concepts bring the score faster than most random ones, but not beyond doubt.',
      weak: 'The leading concepts bring no more of the score than any others.',
      unknown: 'The order of the concepts could not be compared with chance.',
    },
  },
  muFidelity: {
    name: 'Falls foretold',
    technical: 'C-µFidelity',
    text: numberText,
    meaning:
      'Does the importance of some concepts foretell how far the score falls without them? Correlation over random sets of half of the concepts: 1 exactly, 0 not at all, below 0 the wrong way.',
    says: {
      good: 'Importance foretells what taking concepts away does.',
      fair: 'Importance foretells roughly what taking concepts away does.',
      weak: 'Importance does not foretell what taking concepts away does; concepts that lower the score may be among the leading ones.',
      unknown: 'No set of concepts moves the score differently from another.',
    },
  },
  stability: {
    name: 'Found again',
    technical: 'mean cosine of matched concepts, other seeds and other images',
    text: numberText,
    meaning:
      'The concepts are looked for again, from other starts and on other samples of the images. How alike are they? 1 is the same, and concepts that have nothing to do with each other are not at 0 either.',
    says: {
      good: 'Other images would have given the same concepts.',
      fair: 'Other images would have given somewhat different concepts; see which ones are reliable.',
      weak: 'Other images would have given other concepts.',
      unknown: 'The concepts were not looked for a second time.',
    },
  },
  sanity: {
    name: 'Same without learning',
    technical: 'rank correlation of maps with those of random weights',
    text: numberText,
    meaning:
      'How much the maps of the concepts stay as they were when the weights of the model are random. They should not: what does not change cannot show what was learned. Smaller is better.',
    says: {
      good: 'The maps show what the model has learned.',
      fair: 'Part of the maps owes more to the picture than to what the model has learned.',
      weak: 'The maps are much the same for a model that has learned nothing: they show the picture, not the model.',
      unknown: 'The maps could not be compared with those of random weights.',
    },
  },
  redundancy: {
    name: 'Concepts to spare',
    technical: 'dead or collinear concepts',
    text: percentText,
    meaning: 'Share of the concepts that contribute nothing or point the same way as another.',
    says: {
      good: 'Every concept says something of its own.',
      fair: 'Some concepts say nothing of their own; fewer would do.',
      weak: 'Many concepts say nothing of their own; ask for fewer.',
      unknown: 'It was not looked for concepts that say the same.',
    },
  },
};

/** A light with the words for it. */
export function lightInWords(light: TrustLight): LightInWords {
  const { name, technical, text, meaning, says } = WORDS[light.figure];
  const { good, fair, direction } = TRUST_THRESHOLDS[light.figure];
  const from = direction === 'higher' ? 'from' : 'up to';
  return {
    ...light,
    name,
    technical,
    text: light.value === undefined ? 'not known' : text(light.value),
    meaning,
    says: says[light.level],
    bands: `good ${from} ${text(good)}, fair ${from} ${text(fair)}`,
  };
}
