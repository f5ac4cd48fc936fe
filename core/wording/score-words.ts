import { capitalised } from './capitalised.ts';
import { countText } from './count-text.ts';
import { answerText } from './answer-text.ts';
import { fileNameOf } from './path-text.ts';
import { numberText, shortPercentText } from './number-text.ts';

/** What an output of a model asks of a picture; for wording. */
type TaskName = 'multiclass' | 'binary' | 'multilabel' | 'regression' | 'embedding';

/** What wording needs of the chosen output of a model. */
export interface AnswerFacts {
  readonly task: TaskName;
  /** What a regression tells ("age") and in which unit ("years"), where that is known. */
  readonly quantity?: string;
  readonly unit?: string;
}

/** What wording needs of a run's score; a score's record in a run has all of it. */
export interface ScoreFacts {
  readonly model: AnswerFacts & {
    readonly activation: string;
    readonly classes: readonly string[];
    readonly threshold?: number;
  };
  readonly explained:
    | { readonly kind: 'class' | 'not'; readonly index: number }
    | { readonly kind: 'margin'; readonly index: number; readonly against: number }
    | { readonly kind: 'side'; readonly side: 0 | 1; readonly label?: number }
    | { readonly kind: 'similarity'; readonly side: 0 | 1; readonly reference: { readonly name: string } };
  /** Where a number without a threshold was split. */
  readonly at?: number;
  /** Do the scores look like probabilities, a softmax or sigmoid being part of what is explained? */
  readonly isShare?: boolean;
}

/** What is explained: "house", "not house", "cat rather than dog", "higher age", "like cats". */
export function explainedName({ model, explained }: ScoreFacts): string {
  const { classes, quantity = 'value' } = model;
  switch (explained.kind) {
    case 'class':
      return classes[explained.index];
    case 'not':
      return `not ${classes[explained.index]}`;
    case 'margin':
      return `${classes[explained.index]} rather than ${classes[explained.against]}`;
    case 'similarity':
      return `${explained.side === 1 ? 'like' : 'unlike'} ${explained.reference.name}`;
    case 'side': {
      const { side, label } = explained;
      if (model.task === 'regression') return `${side === 1 ? 'higher' : 'lower'} ${quantity}`;
      if (label === undefined) return classes[side];
      return side === 1 ? classes[label] : `not ${classes[label]}`;
    }
  }
}

/** The chosen output of a model in few words, "logits: one of several classes". */
export function outputText({ output }: { readonly output: string }, taskTitle: string): string {
  return `${output}: ${taskTitle.charAt(0).toLowerCase()}${taskTitle.slice(1)}`;
}

/** What a person chooses to explain, by the task, as a heading: "Class to explain". */
export function choiceTitle(task: TaskName): string {
  return `${{ multiclass: 'Class', binary: 'Answer', multilabel: 'Label', regression: 'Direction', embedding: 'Likeness' }[task]} to explain`;
}

/** What is asked for, before a run: a class or side by its name, with what it is compared with. */
export function askedName(
  name: string,
  {
    against,
    reference,
    isNot,
  }: { readonly against?: string; readonly reference?: string; readonly isNot?: boolean },
): string {
  if (isNot) return `not ${name}`;
  if (against !== undefined) return `${name} rather than ${against}`;
  return reference === undefined ? name : `${name} ${fileNameOf(reference)}`;
}

/** Is the number that is explained a logit? Not of a number or a likeness, nor of a probability; not known where an activation was kept. */
export function isLogit({ model, isShare = false }: ScoreFacts): boolean {
  return !isShare && model.task !== 'regression' && model.task !== 'embedding' && model.activation !== 'kept';
}

/** What the number that is explained is called: "logit of house", "age in years", "similarity to cats", "lead of cat over dog". */
export function scoreName(score: ScoreFacts): string {
  const { model, explained } = score;
  if (explained.kind === 'margin')
    return `lead of ${model.classes[explained.index]} over ${model.classes[explained.against]}`;
  if (explained.kind === 'similarity')
    return `${explained.side === 1 ? 'similarity' : 'dissimilarity'} to ${explained.reference.name}`;
  if (model.task === 'regression' && explained.kind === 'side')
    return `${explained.side === 1 ? '' : 'minus '}${quantityName(model)}`;
  return `${isLogit(score) ? 'logit' : 'score'} of ${explainedName(score)}`;
}

/** What people are told for the score: of a number's lower side, whose score is the negative, the number itself. */
export function toldAs(score: ScoreFacts): { readonly name: string; readonly sign: 1 | -1 } {
  const { model, explained } = score;
  const isLower = model.task === 'regression' && explained.kind === 'side' && explained.side === 0;
  return isLower ? { name: quantityName(model), sign: -1 } : { name: scoreName(score), sign: 1 };
}

/**
 * Which way a concept moves the score: "lifts the logit of house by 1.2 on average"; `effect` is by how much the score
 * falls without it.
 */
export function effectText(score: ScoreFacts, effect: number): string {
  const { name, sign } = toldAs(score);
  if (effect === 0) return `does not move the ${name}`;
  return `${sign * effect < 0 ? 'lowers' : 'lifts'} the ${name} by ${numberText(Math.abs(effect))} on average`;
}

/** What a change of the number that is explained is counted in, "−1.20 logit", "−3.1 years"; empty where it has no unit. */
export function changeUnit(score: ScoreFacts): string {
  if (score.model.task === 'regression') return score.model.unit ?? '';
  return isLogit(score) ? 'logit' : '';
}

/** Says of raw scores that they look like `what`, "probabilities", though no softmax or sigmoid was found behind them. */
export function lookAlikeText(what: string, task: TaskName): string {
  const found = `The scores look like ${what}, but no softmax or sigmoid was found at the end of the model that could be taken off`;
  return task === 'multiclass'
    ? `${found}: they are explained as they are, and hardly move where the model is sure.`
    : `${found}: they are taken as raw scores, so that the probabilities told here are not the model's own. Export the model without its last activation.`;
}

/** What a run asks, as a heading. */
export function askedText(score: ScoreFacts): string {
  const { model, explained } = score;
  const name = explainedName(score);
  if (explained.kind === 'not') return `What speaks against ${model.classes[explained.index]}`;
  if (explained.kind === 'margin') return `What speaks for ${name}`;
  if (explained.kind === 'similarity') return `What makes a picture ${name}`;
  if (model.task === 'regression' && explained.kind === 'side')
    return `What makes ${model.quantity ?? 'the value'} ${explained.side === 1 ? 'higher' : 'lower'}`;
  return `What the model looks at when it says ${name}`;
}

/** How the model decides, one sentence without its end: "yes from a probability of 50 % on". */
export function decisionText({ model, explained, at }: ScoreFacts): string {
  const limit = model.threshold ?? at;
  const isMean = model.threshold === undefined;
  const why = isMean ? ', the mean over the images' : '';
  switch (model.task) {
    case 'multiclass':
      return `the largest of ${countText(model.classes.length)} scores decides`;
    case 'binary':
    case 'multilabel': {
      const isLabel = explained.kind === 'side' && explained.label !== undefined;
      const yes = isLabel ? model.classes[explained.label] : (model.classes[1] ?? 'yes');
      return `${yes} from a probability of ${shortPercentText(limit ?? 0.5)} on`;
    }
    case 'regression':
      return limit === undefined
        ? 'no value splits it'
        : `higher from ${answerText({ value: limit }, model.unit)} on${why}`;
    case 'embedding':
      return limit === undefined
        ? 'no value splits it'
        : `like from ${answerText({ value: limit })} on${why}`;
  }
}

/** What an answer's figure is called, as the head of a column: "Probability", "Age in years", "Similarity". */
export function figureTitle(facts: AnswerFacts): string {
  const name = figureName(facts);
  return capitalised(name);
}

/** {@link figureTitle} inside a sentence. */
export function figureName(facts: AnswerFacts): string {
  if (facts.task === 'regression') return quantityName(facts);
  return facts.task === 'embedding' ? 'similarity' : 'probability';
}

/** What an answer's figure is of: "probability of pneumonia", "age in years", "similarity to cats". */
export function figureOf(score: ScoreFacts): string {
  const { model, explained } = score;
  if (explained.kind === 'similarity') return `similarity to ${explained.reference.name}`;
  if (model.task === 'regression') return quantityName(model);
  return `probability of ${explainedName(score)}`;
}

/** The other side of a threshold, as an aim: "higher than 34.1 years", "not pneumonia", "less like cats than 0.620". */
export function aimText(score: ScoreFacts, name: string, side: number): string {
  const { model, explained, at } = score;
  const limit = model.threshold ?? at;
  if (limit === undefined) return name;
  if (model.task === 'regression')
    return `${side === 1 ? 'higher' : 'lower'} than ${answerText({ value: limit }, model.unit)}`;
  if (explained.kind === 'similarity')
    return `${side === 1 ? 'more' : 'less'} like ${explained.reference.name} than ${answerText({ value: limit })}`;
  return name;
}

function quantityName({ quantity = 'value', unit }: AnswerFacts): string {
  return unit === undefined ? quantity : `${quantity} in ${unit}`;
}
