import type {
  Concept,
  LayerRecord,
  Shortcut,
  ShortcutEvidence,
  ShortcutKind,
  ShortcutSearch,
} from '../concepts/explanation.ts';
import { idOfRow, rowOfId } from '../concepts/recursion/concept-tree.ts';
import { isInPlace } from '../images/exchange.ts';
import { folderOf } from '../images/folder-class.ts';
import type { Matrix } from '../linalg/matrix.ts';
import type { HitRate } from '../metrics/hit-rate.ts';
import { isFramePlace, isLook } from '../metrics/cues.ts';
import { halfWidth95 } from '../metrics/mean-interval.ts';
import { amountElsewhere, FEWEST_PICTURES } from '../metrics/shortcuts.ts';
import { levelOf, TRUST_THRESHOLDS } from '../metrics/trust.ts';
import { shareEstimate, type ShareEstimate } from '../metrics/wilson.ts';
import type { CarriedCue } from './cue-carrier.ts';
import { totals } from './cue-carrier.ts';
import type { Cue } from './find-cues.ts';
import type { FileFact } from './question.ts';
import type { FoundCue } from './stages/shortcuts.ts';

/** What of a run its shortcuts are told from. */
interface SearchedRun {
  readonly layer: LayerRecord;
  readonly images: readonly FileFact[];
  readonly concepts: readonly Concept[];
  /** U(x) [positions, r] of each image. */
  readonly coefficients: readonly Matrix[];
  /** Of every image without each concept, and last with all: [images][r + 1]. */
  readonly decisions: readonly Int32Array[];
  /** How often the model is right, where folders say it. */
  readonly answers?: Pick<HitRate, 'aboveChance'>;
}

/** What the search for shortcuts found, with its evidence. */
export function shortcutSearch({ files, cue, remedy }: FoundCue, run: SearchedRun): ShortcutSearch {
  const { own, others } = files;
  const counts = { images: own.length, others: others.length };
  const shortcut = cue && isTelling(cue, run.answers) ? shortcutOf(cue, files, run) : undefined;
  if (shortcut === undefined) return { ...counts, found: [] };
  if (remedy === undefined) return { ...counts, found: [shortcut] };
  const concepts = remedy.concepts.map((row) => idOfRow(row));
  return { ...counts, found: [{ ...shortcut, remedy: { ...remedy, concepts } }] };
}

/**
 * Does what decisions follow say anything? A model that guesses follows whatever it follows; one that is often wrong goes
 * by colours and backgrounds for want of better, and only a place of the frame or a mark tells of a cue.
 */
function isTelling({ name }: Cue, answers: SearchedRun['answers']): boolean {
  if (answers?.aboveChance === undefined) return true;
  const level = levelOf(answers.aboveChance, TRUST_THRESHOLDS.hitRate);
  return level === 'good' || (level === 'fair' && (isFramePlace(name) || name === 'mark'));
}

function shortcutOf(
  cue: Cue & CarriedCue,
  { own, others }: FoundCue['files'],
  run: SearchedRun,
): Shortcut | undefined {
  const sign = Math.sign(cue.change) || 1;
  const carrierOf = ({ id }: Concept): number => sign * cue.carried[rowOfId(id)];
  const carrier = [...run.concepts].sort((a, b) => carrierOf(b) - carrierOf(a)).at(0);
  if (carrier === undefined) return undefined;
  const column = rowOfId(carrier.id);
  const amounts = {
    own: own.map((image) => totals(run.coefficients[image], run.coefficients[image].rows)[0][column]),
    others: cue.isPainted ? [] : cue.amounts.map((row) => row[column]),
  };
  const evidence = [
    ...recursEvidence(cue, own.length),
    ...movedEvidence(cue),
    ...insideEvidence(cue, run, own, column),
    leftEvidence(cue),
    ...removedEvidence(run, column),
    ...elsewhereEvidence(amounts),
    ...folderEvidence(
      own.map((image) => run.images[image]),
      others,
      amounts,
    ),
  ].filter((one) => one !== undefined);
  return {
    concept: carrier.id,
    carried: Math.min(1, Math.max(0, carrierOf(carrier) / Math.max(Math.abs(cue.change), 1e-12))),
    cue: cue.name,
    isPainted: cue.isPainted,
    kinds: [...new Set(evidence.map(({ kind }) => kind))],
    evidence,
    flips: cue.counts.left / cue.counts.pairs,
  };
}

function placeKind({ form, name }: Cue): ShortcutKind {
  if (name === 'mark') return 'same-mark';
  if (isLook(name)) return 'whole-picture';
  return form === 'background' ? 'off-object' : 'same-place';
}

/** Of a mark: in how many of the pictures of the class it looks the same. */
function recursEvidence({ bearers }: CarriedCue, images: number): ShortcutEvidence[] {
  if (bearers === undefined) return [];
  return [{ kind: 'same-mark', figure: 'recurs', ...shareEstimate(bearers, images), images }];
}

/** A cue that was painted over was moved to no other picture. */
function movedEvidence(cue: Cue): ShortcutEvidence[] {
  const { moved, pairs } = cue.counts;
  if (cue.isPainted) return [];
  return [{ kind: placeKind(cue), figure: 'moved', ...shareEstimate(moved, pairs), images: pairs }];
}

function leftEvidence({ counts: { left, pairs } }: Cue): ShortcutEvidence | undefined {
  if (left === 0) return undefined;
  return { kind: 'flips', figure: 'left', ...shareEstimate(left, pairs), images: pairs };
}

/** How many times the place's area of the concept must lie there to be told. */
const CONCENTRATED = 1.5;

/** Where the concept's amounts lie, on layers whose positions form a grid, for a place of the frame. */
function insideEvidence(
  { name }: Cue,
  { layer, coefficients }: SearchedRun,
  own: readonly number[],
  column: number,
): ShortcutEvidence[] {
  const [rows, columns] = layer.grid;
  if (!isFramePlace(name) || layer.kind === 'vector' || rows < 2 || columns < 2) return [];
  const cells = Array.from({ length: rows * columns }, (_, cell) =>
    isInPlace(name, (Math.floor(cell / columns) + 0.5) / rows, ((cell % columns) + 0.5) / columns),
  );
  const shares = own.flatMap((image) => {
    const { data, cols, rows: positions } = coefficients[image];
    let [inside, all] = [0, 0];
    for (const [cell, isInside] of cells.entries()) {
      const amount = data[(positions - cells.length + cell) * cols + column];
      all += amount;
      if (isInside) inside += amount;
    }
    return all > 0 ? [inside / all] : [];
  });
  if (shares.length < 2) return [];
  const area = cells.filter((is) => is).length / cells.length;
  const value = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const half = halfWidth95(shares);
  if (value < CONCENTRATED * area || value - half < area) return [];
  const interval = { value, low: value - half, high: Math.min(1, value + half) };
  return [{ kind: 'off-object', figure: 'inside', ...interval, images: shares.length, area }];
}

function removedEvidence({ decisions }: SearchedRun, column: number): ShortcutEvidence[] {
  const changed = decisions.filter((own) => own[column] !== own[own.length - 1]).length;
  if (changed === 0) return [];
  const images = decisions.length;
  return [{ kind: 'flips', figure: 'removed', ...shareEstimate(changed, images), images }];
}

/** A concept of which the others have less than half as much is the class's own. */
const OWN = 0.5;

interface Amounts {
  readonly own: readonly number[];
  readonly others: readonly number[];
}

function elsewhereEvidence({ own, others }: Amounts): ShortcutEvidence[] {
  const found = amountElsewhere(own, others);
  if (found === undefined || found.high > OWN) return [];
  return [{ kind: 'class-only', figure: 'elsewhere', ...found, images: own.length + others.length }];
}

/** From which share of the largest amount on there is much of it, and of how many of those one folder must hold. */
const MUCH = 0.25;
const TIED = 0.8;

function folderEvidence(
  own: readonly FileFact[],
  others: readonly FileFact[],
  amounts: Amounts,
): ShortcutEvidence[] {
  const all = [
    ...own.map((file, i) => ({ folder: folderOf(file), amount: amounts.own[i] })),
    ...amounts.others.map((amount, i) => ({ folder: folderOf(others[i % others.length]), amount })),
  ];
  const most = all.reduce((largest, { amount }) => Math.max(largest, amount), -Infinity);
  const full = all.filter(({ amount }) => amount >= MUCH * most);
  if (new Set(all.map(({ folder }) => folder)).size < 2 || full.length < FEWEST_PICTURES) return [];
  const counts = new Map<string, number>();
  for (const { folder } of full) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  const [folder, held] = [...counts].sort((a, b) => b[1] - a[1])[0];
  const share: ShareEstimate = shareEstimate(held, full.length);
  if (share.low < TIED) return [];
  return [{ kind: 'folder', figure: 'folder', ...share, images: full.length, folder }];
}
