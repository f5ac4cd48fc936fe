/** How far a figure can be trusted; 'unknown' where it was not computed or does not exist. */
type Level = 'good' | 'fair' | 'weak' | 'unknown';

/** A figure in words. */
interface FigureWords {
  readonly name: string;
  readonly technical: string;
  /** How a value is written: as a percentage or with two decimals. */
  readonly kind: 'share' | 'decimal';
  readonly meaning: string;
  /** What each level says. */
  readonly says: Readonly<Record<Level, string>>;
}

/** The levels of a figure in words. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  good: 'good',
  fair: 'fair',
  weak: 'weak',
  unknown: 'not known',
};

/** What a grade of the whole says and what follows from it for the reader. */
export const GRADE_WORDS = {
  good: {
    headline: 'The explanation holds up',
    advice: 'Conclusions about the leading concepts can be drawn, within their intervals.',
  },
  fair: {
    headline: 'The explanation holds up in part',
    advice:
      'Read the leading concepts as strong hints and check them, for example by covering the part in question.',
  },
  weak: {
    headline: 'The explanation does not hold up',
    advice: 'Draw no conclusion from it before what is weak is mended.',
  },
  unknown: {
    headline: 'It is not known whether the explanation holds up',
    advice: 'Evaluate the run before drawing conclusions from it.',
  },
} as const;

/** The rule of the verdict in a sentence, see verdictOf in core/metrics/claims.ts. */
export const VERDICT_RULE =
  'One claim that is weak makes the verdict weak, except “Another sample would find the same”, which makes it fair. The verdict is good if every claim is good, where “Another sample would find the same” may be fair; otherwise it is fair. Without an evaluation it is not known, unless a claim is weak. The bounds are conventions of this program, not statistical tests.';

/** What a figure of how few images say is worth. */
export const OF_FEW_IMAGES = 'From so few images that differ no more can be said.';

/** What a figure is called and means; `isOfNumber` where the model tells a number or a likeness, which has no answers. */
export function figureWords(figure: keyof typeof FIGURE_WORDS, isOfNumber: boolean): FigureWords {
  return isOfNumber && figure === 'agreement' ? SAME_SIDE : FIGURE_WORDS[figure];
}

const SAME_SIDE: FigureWords = {
  name: 'Same side',
  technical: 'agreement of the side of the border at UW with the model',
  kind: 'share',
  meaning:
    'Share of the images that stay on their side of the border when the model goes on with the concepts instead of its own activations.',
  says: {
    good: 'The concepts keep the images on their side of the border.',
    fair: 'The concepts move some images to the other side of the border.',
    weak: 'The concepts move many images to the other side of the border.',
    unknown: 'It was not tried whether the concepts keep images on their side of the border.',
  },
};

/** Every figure in plain words and in the field's. */
const FIGURE_WORDS = {
  hitRate: {
    name: 'Right answers',
    technical: 'accuracy above chance',
    kind: 'share',
    meaning:
      'How much more often than by guessing the model says what the folder of an image says, over all images that were given: 100\u00a0% is always, 0\u00a0% is guessing.',
    says: {
      good: 'The model knows what these images show.',
      fair: 'The model is often wrong about these images.',
      weak: 'The model does little or no better than guessing on these images: there is hardly anything learned to explain.',
      unknown: 'The folders of the images do not name a class.',
    },
  },
  agreement: {
    name: 'Same answer',
    technical: 'agreement of the decision at UW with the model',
    kind: 'share',
    meaning:
      'Share of the images that keep their answer when the model goes on with the concepts instead of its own activations.',
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
    kind: 'decimal',
    meaning:
      'Share of the differences between places and images, inside the model, that the concepts reproduce: 1 is all, 0 is no better than the average, below 0 is worse. Much of what they miss may not matter to the score, so that it is shown, not counted in the verdict.',
    says: {
      good: 'The concepts hold nearly all that the layer tells apart.',
      fair: 'The concepts miss part of what the layer tells apart.',
      weak: 'The concepts miss most of what the layer tells apart.',
      unknown: 'It was not measured how much of the activations the concepts hold.',
    },
  },
  relativeError: {
    name: 'Left out',
    technical: 'relative error ‖A − UW‖ / ‖A‖',
    kind: 'share',
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
    technical: 'R² of the score over images',
    kind: 'decimal',
    meaning:
      'Share of the differences of the score between images that remain when it is computed from the concepts. Images that are much alike differ little in it, so that a small constant offset costs much.',
    says: {
      good: 'The score follows from the concepts.',
      fair: 'The score follows from the concepts in part.',
      weak: 'Why one image scores higher than another cannot be told from the concepts.',
      unknown: 'The score is the same for all images.',
    },
  },
  deletion: {
    name: 'Order when taken away',
    technical: 'concept deletion, squared steps of the score, random orders beaten',
    kind: 'share',
    meaning:
      'Concepts are taken away one after another, the most important first. Share of random orders along which the score had moved less, up or down, by as many concepts.',
    says: {
      good: 'The leading concepts move the score sooner than chance would have it.',
      fair: 'The order of the concepts is better than most random ones, but not beyond doubt.',
      weak: 'The order of the concepts is no better than chance.',
      unknown: 'The order of the concepts could not be compared with chance.',
    },
  },
  insertion: {
    name: 'Order when put in',
    technical: 'concept insertion, squared steps of the score, random orders beaten',
    kind: 'share',
    meaning:
      'Concepts are put in one after another, the most important first. Share of random orders along which the score had moved less, up or down, by as many concepts.',
    says: {
      good: 'The leading concepts alone move the score more than random ones.',
      fair: 'The leading concepts alone move the score more than most others, but not beyond doubt.',
      weak: 'The leading concepts alone move the score no more than any others.',
      unknown: 'The order of the concepts could not be compared with chance.',
    },
  },
  muFidelity: {
    name: 'Falls foretold',
    technical: 'C-µFidelity',
    kind: 'decimal',
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
    kind: 'decimal',
    meaning:
      'The concepts are looked for again, from other starts and on other samples of the images. How alike are they? 1 is the same, and concepts that have nothing to do with each other are not at 0 either.',
    says: {
      good: 'Other images would have given the same concepts.',
      fair: 'Other images would have given somewhat different concepts; see which ones are found again.',
      weak: 'Other images would have given other concepts.',
      unknown: 'The concepts were not looked for a second time.',
    },
  },
  sanity: {
    name: 'Same without learning',
    technical: 'rank correlation of maps with those of random weights',
    kind: 'decimal',
    meaning:
      'How little the maps of the concepts change when the weights of the model are random. They should not: what does not change cannot show what was learned. Smaller is better.',
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
    kind: 'share',
    meaning: 'Share of the concepts that contribute nothing or point the same way as another.',
    says: {
      good: 'Every concept says something of its own.',
      fair: 'Some concepts say nothing of their own; fewer would do.',
      weak: 'Many concepts say nothing of their own; ask for fewer.',
      unknown: 'It was not looked for concepts that say the same.',
    },
  },
} as const satisfies Readonly<Record<string, FigureWords>>;
