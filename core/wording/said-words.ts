import { answerText } from './answer-text.ts';
import { shortPercentText } from './number-text.ts';
import { aimText, askedText, explainedName, type ScoreFacts } from './score-words.ts';

/** An answer of a run, as wording needs it. */
interface SaidAnswer {
  readonly index: number;
  readonly name: string;
  readonly probability?: number;
  readonly value?: number;
}

/** Does the model tell a number or a likeness, which has two sides of a border but no answer by name? */
export function isNumber({ model }: { readonly model: Pick<ScoreFacts['model'], 'task'> }): boolean {
  return model.task === 'regression' || model.task === 'embedding';
}

/** What the model says of an image: its answer by name; else the number itself, "34.8 years", "similarity 0.879". */
export function saidText(score: ScoreFacts, answer: SaidAnswer): string {
  if (!isNumber(score) || answer.value === undefined) return answer.name;
  const figure = answerText(answer, score.model.unit);
  return score.model.task === 'embedding' ? `similarity ${figure}` : figure;
}

/** {@link saidText} and {@link besideText} in one: "house 98.2 %", "34.8 years, higher than 30.9 years". */
export function saidInFull(score: ScoreFacts, answer: SaidAnswer): string {
  return [saidText(score, answer), besideText(score, answer)].join(isNumber(score) ? ', ' : ' ');
}

/** What stands in small beside {@link saidText}: how sure it is; of a number the side, "higher than 30.9 years". */
export function besideText(score: ScoreFacts, answer: SaidAnswer): string {
  return isNumber(score) ? sideText(score, answer) : answerText(answer);
}

/** An answer by name; of a number the side of the border, "higher than 30.9 years". */
export function sideText(score: ScoreFacts, { name, index }: SaidAnswer): string {
  return isNumber(score) ? aimText(score, name, index) : name;
}

/** Where the decision turns, in few words: "border 50 %", "border 30.9 years (mean)"; empty where the largest score wins. */
export function borderText({ model, at }: ScoreFacts): string {
  const { task, threshold, classes, unit } = model;
  if (task === 'binary' || task === 'multilabel') {
    const of = task === 'binary' && threshold !== undefined && threshold !== 0.5 ? ` for ${classes[1]}` : '';
    return `border ${shortPercentText(threshold ?? 0.5)}${of}`;
  }
  const limit = threshold ?? at;
  if (!isNumber({ model }) || limit === undefined) return '';
  const why = threshold === undefined ? ' (mean)' : '';
  return `border ${answerText({ value: limit }, unit)}${why}`;
}

/** What changes when images are decided otherwise: their answer, or their side of the border. */
export function decidedOtherwise(score: ScoreFacts, isOne: boolean): string {
  const be = isOne ? 'is' : 'are';
  return isNumber(score) ? `${be} on the other side of the border` : `${be} decided otherwise`;
}

/** What the concepts of a run are about: "what “house” rests on", "what makes age higher". */
export function restsOnText(score: ScoreFacts): string {
  const { kind } = score.explained;
  if (!isNumber(score) && (kind === 'class' || kind === 'side'))
    return `what “${explainedName(score)}” rests on`;
  const text = askedText(score);
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** The question why an image is not called otherwise: "Why not house?", of a mere absence "What speaks against house?". */
export function whyNotText(ahead: string, other: string): { readonly before: string; readonly name: string } {
  return other === `not ${ahead}`
    ? { before: 'What speaks against', name: ahead }
    : { before: 'Why not', name: other };
}

/** What a concept argues for, one of two answers: "For house", "Against house". */
export function sayingFor(name: string, other: string): string {
  return name === `not ${other}` ? `Against ${other}` : `For ${name}`;
}

/** What folders can be named like: a class, or a label of a model of several. */
export function classNoun(score: ScoreFacts | undefined): string {
  return score?.model.task === 'multilabel' ? 'label' : 'class';
}
