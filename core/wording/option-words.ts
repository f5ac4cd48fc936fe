import { countText } from './count-text.ts';

/** What a whole number may be, both ends said: "a whole number from 2 to 65,536". The same wherever one is refused. */
export function wholeWords(min: number, max: number): string {
  return `a whole number from ${countText(min)} to ${countText(max)}`;
}

/** What any number may be, "a number from 0 to 1"; without ends that nobody would reach. */
export function numberWords(min: number, max: number): string {
  return Math.max(-min, max) >= 1e12 ? 'a number' : `a number from ${countText(min)} to ${countText(max)}`;
}
