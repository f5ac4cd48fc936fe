import { pText } from './chance-text.ts';
import { shortPercentText } from './number-text.ts';
import { countOf, countText, listText } from './count-text.ts';

/** What an edit did to decisions whose right answer is known. */
export interface EditCounts {
  readonly fixed: number;
  /** Decisions that were wrong before, and right before. */
  readonly wrong: number;
  readonly broken: number;
  readonly right: number;
}

/** "fixes 41 of 53 mistakes, breaks 2 of 280 right answers". */
export function editVerdict({ fixed, wrong, broken, right }: EditCounts): string {
  const fixes =
    wrong === 0 ? 'there was no mistake to fix' : `fixes ${countText(fixed)} of ${countText(wrong)} mistakes`;
  const breaks =
    right === 0
      ? 'there was no right answer to break'
      : `breaks ${broken === 0 ? 'none' : countText(broken)} of ${countText(right)} right answers`;
  return `${fixes}, ${breaks}`;
}

/** Mistakes that an edit fixes, as a share, below which another is worth looking for; and the fewest that a search needs. */
const [LITTLE, FEWEST_WRONG] = [0.25, 2];

/** Does an edit leave so many of the mistakes, or break so much, that a search for another is worth while? */
export function mendsLittle({ fixed, wrong, broken }: EditCounts): boolean {
  return wrong >= FEWEST_WRONG && (fixed <= broken || fixed < LITTLE * wrong);
}

/** Said before the way to a search, where {@link mendsLittle}. */
export const LITTLE_MENDED = 'This edit mends little. A search may find one that mends more and breaks less.';

/** Whether the difference in accuracy can be chance, by McNemar's exact test. */
export function editChance(pValue: number, { fixed, broken }: Pick<EditCounts, 'fixed' | 'broken'>): string {
  if (fixed + broken === 0) return 'Accuracy is what it was.';
  const p = pText(pValue);
  if (pValue >= 0.05) return `The difference may be chance (McNemar's exact test, ${p}).`;
  return `It is ${fixed > broken ? 'better' : 'worse'} by more than chance (McNemar's exact test, ${p}).`;
}

/** Images that an edit is judged on. */
export const PROOF_SETS = { run: 'Images of the run', 'held-out': 'Held out' } as const;

/** "without Concept 1", "with 0.3 of Concept 2", "without Concept 1 and with 0.3 of Concept 2 in the score of fox". */
export function editedText(
  concepts: readonly { readonly name: string; readonly factor: number }[],
  onlyClass?: string,
): string {
  const gone = concepts.filter(({ factor }) => factor === 0).map(({ name }) => name);
  const scaled = concepts
    .filter(({ factor }) => factor !== 0)
    .map(({ name, factor }) => `${shortPercentText(factor)} of ${name}`);
  const parts = [
    ...(gone.length > 0 ? [`without ${listText(gone)}`] : []),
    ...(scaled.length > 0 ? [`with ${listText(scaled)}`] : []),
  ];
  return `${listText(parts)}${onlyClass === undefined ? '' : ` in the score of ${onlyClass} alone`}`;
}

/** What a concept at another layer than the run's is called, which nobody has named: row of the bank there, from 0. */
export function otherConceptName(row: number, layer: string): string {
  return `Concept ${row + 1} at ${layer}`;
}

/** What an edit of one class leaves alone, and what it costs. */
export function oneScoreText(name: string): string {
  return `that of ${name}; all others are what they were. The model runs twice from the layer on`;
}

/** Which images a mean is of. */
export function meanSourceText({
  kind,
  images,
}: {
  readonly kind: 'others' | 'least';
  readonly images: number;
}): string {
  return kind === 'others'
    ? `${countOf(images, 'image')} that the run was given and does not explain`
    : `${countOf(images, 'explained image')} with least of the concepts`;
}

/** Of a model that tells a number or a vector. */
export const WITHOUT_CLASSES =
  'The model decides among no classes; by how much its scores change is all that is known.';

/** Of a model of several labels, each yes or no. */
export const LIKELIEST_LABEL = 'Of several labels the likeliest of an image counts as the decision.';

/** Why right answers may be lost by an edit that does what it should. */
export const BROKEN_MEANING = 'An answer that was right only because of what was taken out counts as broken.';

/** How long an image takes the edited model beside the model: "0.62 ms, before 0.58 ms (1.07 times)". */
export function editTimeText(time: {
  readonly before: number;
  readonly after: number;
  readonly ratio?: number;
}): string {
  const { before, after, ratio } = time;
  if (!(before > 0)) return 'not known';
  const both = `${after.toFixed(2)} ms, before ${before.toFixed(2)} ms`;
  return ratio === undefined
    ? `${both}; the machine was too busy to say how many times as long that is`
    : `${both} (${ratio.toFixed(2)} times)`;
}

/** What taking a concept out whole costs, or by half; null where it cannot be taken out. */
interface CostFacts {
  readonly whole: { readonly broken: number; readonly mended: number } | null;
  readonly half: { readonly broken: number; readonly mended: number } | null;
  /** Null where too few answers are right to tell. */
  readonly isHarmless: boolean | null;
}

/** "harmless", "breaks 12". */
export function costText({ whole, isHarmless }: CostFacts): string {
  if (whole === null) return 'not possible';
  return isHarmless === true ? 'harmless' : `breaks ${countText(whole.broken)}`;
}

/** What stands behind {@link costText}, in a sentence for each. */
export function costTip({ whole, half }: CostFacts): string {
  const told = (name: string, counts: CostFacts['whole']): string =>
    counts === null
      ? `${name} it cannot be taken out.`
      : `${name} it breaks ${countOf(counts.broken, 'right answer')} and mends ${countOf(counts.mended, 'mistake')}.`;
  return `${told('Taken out whole,', whole)} ${told('By half,', half)}`;
}

/** What a concept is called harmless by. */
export const HARMLESS_MEANING =
  'Harmless is what breaks at most one right answer in a hundred when it is taken out whole, whatever the class of the image; of fewer than 50 right answers that is not told.';

/** Which other classes than the explained rest on what an edit takes out, and what helps. */
export function restingText(
  classes: readonly { readonly name: string; readonly lost: number; readonly right: number }[],
  { explained, isAlone }: { readonly explained: string; readonly isAlone: boolean },
): string {
  const losses = classes.map(
    ({ name, lost, right }) => `${name} loses ${countText(lost)} of ${countOf(right, 'right answer')}`,
  );
  const more = `Other classes rest on what was taken out: ${listText(losses)}.`;
  return isAlone
    ? more
    : `${more} An edit of the score of ${explained} alone leaves their scores as they were.`;
}

/** That a file does not find amounts as exactly as they can be found, and which numbers are the file's. */
export function inexactText(largest: number): string {
  return `The file comes no nearer to the edit by exact amounts than ${largest.toPrecision(1)} in a score: the concepts are too much alike for the steps that a file may have. All counts here are those of the file itself.`;
}
