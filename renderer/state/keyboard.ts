import { SCREEN_KEYS } from '../../core/wording/screen-names.ts';

/** What a key can do anywhere in the window. */
export type Command =
  | 'open'
  | 'search'
  | 'screen'
  | 'next-concept'
  | 'previous-concept'
  | 'next-image'
  | 'previous-image'
  | 'show-image'
  | 'overlay'
  | 'rename'
  | 'hide'
  | 'merge'
  | 'undo'
  | 'redo'
  | 'keys'
  | 'about';

interface Binding {
  readonly command: Command;
  /** As `KeyboardEvent.key`, letters lower-case. */
  readonly keys: readonly string[];
  /** Held with Control, or with Command on a Mac. */
  readonly withControl?: boolean;
  readonly withShift?: boolean;
  readonly shown: string;
  readonly label: string;
}

/** Digits in a row, then letters. */
const SCREEN_KEYS_SHOWN = '1 – 9, 0, C, E, N, S';

/** Every key, in the order in which they are listed to people. */
export const BINDINGS: readonly Binding[] = [
  { command: 'open', keys: ['o'], withControl: true, shown: 'Ctrl O', label: 'Open a model or project' },
  { command: 'search', keys: ['k'], withControl: true, shown: 'Ctrl K', label: 'Search everything' },
  { command: 'screen', keys: Object.values(SCREEN_KEYS), shown: SCREEN_KEYS_SHOWN, label: 'Go to a screen' },
  { command: 'previous-concept', keys: ['ArrowUp'], shown: '↑', label: 'Previous concept' },
  { command: 'next-concept', keys: ['ArrowDown'], shown: '↓', label: 'Next concept' },
  { command: 'previous-image', keys: ['ArrowLeft'], shown: '←', label: 'Previous image' },
  { command: 'next-image', keys: ['ArrowRight'], shown: '→', label: 'Next image' },
  { command: 'show-image', keys: ['Enter'], shown: 'Enter', label: 'Open the image of a crop' },
  { command: 'overlay', keys: [' '], shown: 'Space', label: 'Hold: picture without the map' },
  { command: 'rename', keys: ['r'], shown: 'R', label: 'Rename the concept' },
  { command: 'hide', keys: ['h'], shown: 'H', label: 'Hide or show the concept' },
  { command: 'merge', keys: ['m'], shown: 'M', label: 'Merge with another concept' },
  { command: 'undo', keys: ['z'], shown: 'Z', label: 'Undo' },
  { command: 'redo', keys: ['z'], withShift: true, shown: 'Shift Z', label: 'Redo' },
  { command: 'keys', keys: ['?'], shown: '?', label: 'Show all keys' },
  { command: 'about', keys: ['F1'], shown: 'F1', label: 'About Tessera' },
];

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * The command of a key press, or null. While a person types only those with Control count; Control+Z is also undo
 * elsewhere. A shifted key counts only where the binding says so, or where shift is needed to type it ("?").
 */
export function commandOf(press: KeyPress, isTyping: boolean): Command | null {
  const hasControl = press.ctrlKey || press.metaKey;
  if (press.altKey || (isTyping && !hasControl)) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const isUndo = key === 'z' && !isTyping;
  const found = BINDINGS.find(
    ({ keys, withControl = false, withShift = false }) =>
      keys.includes(key) &&
      (withControl === hasControl || isUndo) &&
      (withShift === press.shiftKey || key === '?'),
  );
  return found?.command ?? null;
}

/** Does the element take letters, so that single keys belong to it? */
export function isTextEntry(element: Element | null): boolean {
  if (element === null) return false;
  const isTextInput =
    element instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(element.type);
  return isTextInput || element.matches('textarea, select, [contenteditable="true"]');
}
