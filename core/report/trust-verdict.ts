import type { Explanation, Reconstruction } from '../concepts/explanation.ts';
import { percentText, plural } from './number-text.ts';

export type TrustGrade = 'good' | 'fair' | 'weak';

/** A plain-words answer to "how far can this be trusted?". */
export interface TrustVerdict {
  readonly grade: TrustGrade;
  /** A few words. */
  readonly headline: string;
  /** What follows from it for the reader. */
  readonly advice: string;
  /** Reasons for more caution than the grade says. */
  readonly cautions: readonly string[];
}

/** From where on a figure is good or fair. `direction` says which side is better. */
export interface TrustScale {
  readonly good: number;
  readonly fair: number;
  readonly direction: 'higher' | 'lower';
}

/**
 * Our conventions, not statistical tests: at R² = 0.8 a fifth of the activations' variation is left out, and at
 * 95 % agreement one image in twenty would be called something else.
 */
export const TRUST_SCALES = {
  r2: { good: 0.8, fair: 0.5, direction: 'higher' },
  relativeError: { good: 0.3, fair: 0.5, direction: 'lower' },
  agreement: { good: 0.95, fair: 0.8, direction: 'higher' },
} as const satisfies Record<keyof Reconstruction, TrustScale>;

const FEW_IMAGES = 10;

/** The grade of one figure; a figure that is not a number is weak. */
export function gradeOf(value: number, { good, fair, direction }: TrustScale): TrustGrade {
  const reaches = (bound: number) => (direction === 'higher' ? value >= bound : value <= bound);
  return reaches(good) ? 'good' : reaches(fair) ? 'fair' : 'weak';
}

/**
 * The lower grade of R² and agreement decides. The relative error measures the same loss as R² on another scale,
 * so it is shown but not counted twice.
 */
export function trustVerdict(explanation: Explanation): TrustVerdict {
  const { r2, agreement } = explanation.reconstruction;
  const grades = [gradeOf(r2, TRUST_SCALES.r2), gradeOf(agreement, TRUST_SCALES.agreement)];
  const grade = (['weak', 'fair', 'good'] as const).find((each) => grades.includes(each))!;
  return { grade, ...WORDS[grade], cautions: cautionsOf(explanation) };
}

const WORDS: Readonly<Record<TrustGrade, Pick<TrustVerdict, 'headline' | 'advice'>>> = {
  good: {
    headline: 'The concepts stand in well for the model',
    advice: 'Conclusions about the leading concepts can be drawn, within their intervals.',
  },
  fair: {
    headline: 'The concepts stand in for part of the model',
    advice:
      'Read the leading concepts as strong hints and check them, for example by covering the part in question. More concepts may capture what is missing.',
  },
  weak: {
    headline: 'The concepts do not stand in for the model',
    advice:
      'Draw no conclusion from this report. Try more concepts, another layer, or images that resemble each other more.',
  },
};

function cautionsOf({ images, concepts, factorization, skipped }: Explanation): string[] {
  const cautions: string[] = [];
  if (images.length < FEW_IMAGES)
    cautions.push(
      `Only ${plural(images.length, 'image')} were explained; other images may tell another story.`,
    );
  if (factorization.status !== 'converged')
    cautions.push(
      `The factorisation stopped early (${factorization.status}); more iterations may change the concepts.`,
    );
  if (concepts.length > 1 && concepts.every(({ tier }) => tier === 0))
    cautions.push(
      'No concept can be told apart from another by importance; the order shown is not evidence.',
    );
  const read = images.length + skipped.length;
  if (skipped.length > read / 10)
    cautions.push(`${percentText(skipped.length / read)} of the files could not be read.`);
  return cautions;
}
