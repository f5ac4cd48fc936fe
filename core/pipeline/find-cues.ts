import { FRAME_PLACES, formOf, LOOKS, type CueForm, type ExchangeName } from '../metrics/cues.ts';
import { isCue, isPaintedCue, plainestCue, type ExchangeCounts } from '../metrics/shortcuts.ts';

/** Something that is not the object and that decisions follow. */
export interface Cue {
  readonly name: ExchangeName;
  readonly form: CueForm;
  readonly counts: ExchangeCounts;
  /** Was it found by painting it over, for want of other pictures? Then nothing was moved. */
  readonly isPainted: boolean;
}

/** What an exchange does; undefined where so little that it was not looked at further. */
export type CueLook = (name: ExchangeName) => Promise<ExchangeCounts | undefined>;

/** Does all around the middle do anything at all? Seen on some of the pairs. */
export type Glance = () => Promise<boolean>;

/**
 * The cue that decisions follow, if any: the plainest of those that do nearly as much as the strongest. Places of the frame
 * are only looked at where all around the middle does something, the background where nothing plainer is found, and a mark
 * that lies anywhere where nothing else is.
 */
export async function findCue(look: CueLook, glance: Glance): Promise<Cue | undefined> {
  const found: StrongCue[] = [];
  const tell = (name: ExchangeName, counts: ExchangeCounts | undefined): void => {
    if (counts !== undefined && isCue(formOf(name), counts)) found.push(cueOf(name, counts, false));
  };
  for (const name of LOOKS) tell(name, await look(name));
  if (await glance()) {
    for (const name of FRAME_PLACES) tell(name, await look(name));
    if (found.length === 0) tell('around', await background(look));
  }
  if (found.length === 0) tell('mark', await look('mark'));
  return plainestCue(found);
}

/** A cue and how many decisions follow it, as a share. */
interface StrongCue extends Cue {
  readonly strength: number;
}

/** All around the middle counts as a background where upper and lower corners alone do as much. */
async function background(look: CueLook): Promise<ExchangeCounts | undefined> {
  const around = await look('around');
  for (const name of ['around', 'above', 'below'] as const) {
    const counts = name === 'around' ? around : await look(name);
    if (counts === undefined || !isCue('background', counts)) return undefined;
  }
  return around;
}

/** The cue whose painting over changes most decisions, if any does: `left` alone is known. */
export async function findPaintedCue(look: CueLook): Promise<Cue | undefined> {
  const seen: StrongCue[] = [];
  for (const name of FRAME_PLACES) {
    const counts = await look(name);
    if (counts !== undefined) seen.push(cueOf(name, counts, true));
  }
  const alikeTo = (cue: Cue): ExchangeCounts[] =>
    seen.filter(({ form, name }) => form === cue.form && name !== cue.name).map(({ counts }) => counts);
  return plainestCue(seen.filter((cue) => isPaintedCue(cue.counts, alikeTo(cue))));
}

function cueOf(name: ExchangeName, counts: ExchangeCounts, isPainted: boolean): StrongCue {
  const { pairs, moved, moving, left } = counts;
  const strength = (Math.max(0, moved - moving) + left) / 2 / pairs;
  return { name, form: formOf(name), counts, isPainted, strength };
}
