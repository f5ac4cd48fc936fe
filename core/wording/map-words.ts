import { countText } from './count-text.ts';
import { changeText, numberText } from './number-text.ts';
import { isNumber, saidInFull, saidText } from './said-words.ts';
import { changeUnit, toldAs, type ScoreFacts } from './score-words.ts';

/** What maps of a score are, in one sentence. */
export const WHERE_NOT_WHAT =
  'These maps say where in a picture the score comes from, not what the model sees there.';

/** Said of a model without a cut, after the reason why it has none. */
export const MAPS_INSTEAD = 'Without a cut there are no concepts: its pictures are explained by maps alone.';

/** Said beside gradients of a quantised model. */
export const ROUNDED_GRADIENTS =
  'The model is quantised: its steps have no slope, so that gradients, and maps drawn by them, take every rounding as a straight line.';

/** How maps of a score were made: sizes in pixels of the model's input. */
export interface MapSettings {
  readonly method: 'occlusion' | 'rise' | 'sobol-attribution';
  readonly seed: number;
  /** Side of the square that covers, and how far it moves. */
  readonly side: number;
  readonly step: number;
  /** Copies of a picture that the model is asked about. */
  readonly copies: number;
  /** Cells a side of the grid of masks. */
  readonly cells: number;
  /** Do hidden pixels take the colour that the preprocessing takes off, or that of the picture itself? */
  readonly hidesBy: 'mean of the preprocessing' | 'mean of the picture';
}

/** How maps of a score were made and what their colours say, in plain words. */
export function mapSettingsText(settings: MapSettings): string {
  const { method, side, step, copies, cells, seed } = settings;
  const grid = `${cells} × ${cells}`;
  const hidden = `Hidden pixels take the ${
    settings.hidesBy === 'mean of the picture'
      ? "picture's own mean colour"
      : 'mean colour of the preprocessing'
  }.`;
  switch (method) {
    case 'occlusion':
      return `A square of ${side} × ${side} pixels is moved over the picture in steps of ${step} and hides what lies under it, in ${countText(copies)} places. The colour says how much the score falls, on average over the squares that hide the place. ${hidden}`;
    case 'rise':
      return `${countText(copies)} random masks of ${grid} soft cells, half of them shown, hide the rest of the picture (seed ${seed}). The colour says how much higher the score is while the place is shown than on average. ${hidden}`;
    case 'sobol-attribution':
      return `The picture is divided into ${grid} cells, which are dimmed at random in ${countText(copies)} ways (seed ${seed}). The colour says what share of the movement of the score involves the place, alone or together with others. ${hidden}`;
  }
}

/** An answer in words: "house 98.2 %", "34.8 years"; with its side of the border where a threshold parts numbers. */
export function answerInWords(
  score: ScoreFacts,
  names: readonly string[],
  answer: { readonly index: number; readonly probability?: number; readonly value?: number },
): string {
  const named = { ...answer, name: names[answer.index] };
  const hasSides = !isNumber(score) || score.model.threshold !== undefined;
  return hasSides ? saidInFull(score, named) : saidText(score, named);
}

/** The number that is explained, with its name: "logit of house 6.21". */
export function scoreValueText(score: ScoreFacts, value: number): string {
  const { name, sign } = toldAs(score);
  return `${name} ${numberText(sign * value)}`;
}

/** What covering the most important square does to the score and to the decision, one sentence. */
export function coveredText(
  score: ScoreFacts,
  names: readonly string[],
  value: number,
  covered: {
    readonly value: number;
    readonly answer: { readonly index: number; readonly probability?: number; readonly value?: number };
    readonly isDecidedOtherwise?: boolean;
  },
): string {
  const unit = changeUnit(score);
  const { name, sign } = toldAs(score);
  const [before, after] = [sign * value, sign * covered.value];
  const change = `${changeText(after - before)}${unit === '' ? '' : `\u00a0${unit}`}`;
  const numbers = `With the most important square covered, the ${name} goes from ${numberText(before)} to ${numberText(after)} (${change})`;
  if (covered.isDecidedOtherwise === undefined) return `${numbers}.`;
  return covered.isDecidedOtherwise
    ? `${numbers} and the answer becomes ${answerInWords(score, names, covered.answer)}.`
    : `${numbers}; the answer stays.`;
}
