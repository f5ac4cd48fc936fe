import { fixed } from './number-text.ts';

/** A p-value: "p = 0.023", "p < 0.001". */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${fixed(p, 3)}`;
}
