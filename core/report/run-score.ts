import type { Explanation } from '../concepts/explanation.ts';
import { isExplained } from '../score/decision.ts';
import { explainedName, type ScoreFacts } from '../wording/score-words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** What a run explains, for words; of a run from before that was recorded, a class by its name. */
export function scoreFactsOf({
  score,
  classIndex,
  className,
  images,
}: Pick<Explanation, 'score' | 'classIndex' | 'className' | 'images'>): ScoreFacts {
  if (score !== undefined)
    return looksLikeProbability({ score, images }) ? { ...score, isShare: true } : score;
  const classes: string[] = [];
  classes[classIndex] = className;
  return {
    model: { task: 'multiclass', activation: 'kept', classes },
    explained: { kind: 'class', index: classIndex },
  };
}

/** Are the scores of all images within 0 and 1, with no activation known that was taken off? */
export function looksLikeProbability({ score, images }: Pick<Explanation, 'score' | 'images'>): boolean {
  const activation = score?.model.activation ?? 'kept';
  const isOpen = activation === 'none' || activation === 'kept';
  return isOpen && images.length > 0 && images.every(({ logit }) => logit >= 0 && logit <= 1);
}

/** Is the answer of that index what is explained? */
export function isAsked(
  { score, classIndex }: Pick<Explanation, 'score' | 'classIndex'>,
  index: number,
): boolean {
  return score === undefined
    ? index === classIndex
    : isExplained({ explained: score.explained, column: classIndex }, index);
}

/** A text with the name of what is explained set apart, wherever it stands. */
export function withName(text: string, score: ScoreFacts): Html {
  const name = explainedName(score);
  const at = text.lastIndexOf(name);
  if (at < 0) return html`${text}`;
  return html`${text.slice(0, at)}<em><bdi>${name}</bdi></em
    >${text.slice(at + name.length)}`;
}
