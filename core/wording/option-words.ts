import { countText } from './count-text.ts';

/** What a whole number may be, both ends said: "a whole number from 2 to 65,536". The same wherever one is refused. */
export function wholeWords(min: number, max: number): string {
  return `a whole number from ${countText(min)} to ${countText(max)}`;
}
