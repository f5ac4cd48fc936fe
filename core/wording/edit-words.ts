import { countText } from './count-text.ts';

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

/** Whether the difference in accuracy can be chance, by McNemar's exact test. */
export function editChance(pValue: number, { fixed, broken }: Pick<EditCounts, 'fixed' | 'broken'>): string {
  if (fixed + broken === 0) return 'Accuracy is what it was.';
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  if (pValue >= 0.05) return `The difference may be chance (McNemar's exact test, ${p}).`;
  return `It is ${fixed > broken ? 'better' : 'worse'} by more than chance (McNemar's exact test, ${p}).`;
}
