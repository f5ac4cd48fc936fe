import type { MixedDesign } from '../../mixed-model/design.ts';
import {
  combinedEffect,
  fitMixedLogit,
  type LogOddsEstimate,
  type MixedLogit,
  type NoMixedLogit,
} from '../../mixed-model/mixed-logit.ts';
import { listText } from '../../wording/count-text.ts';
import type { Study } from '../study.ts';
import type { Trial } from '../trial.ts';
import { answersOf, isRight, type Answers } from './answers.ts';
import { pairsOf, type Pair } from './contrasts.ts';
import { known, notKnown, type Known } from './study-figure.ts';

/** Mixed logistic regression of right answers. */
export interface MixedFigures {
  /** The model fitted, as R writes it. */
  readonly formula: string;
  readonly coefficients: readonly (LogOddsEstimate & { readonly term: string })[];
  /** Condition in the first session that the intercept is. */
  readonly base: string;
  /** Log-odds of `condition` less those of `against`, mean over sessions. */
  readonly contrasts: readonly (LogOddsEstimate & Pair)[];
  /** Standard deviations of participants and pictures, in log-odds. */
  readonly spreads: readonly { readonly name: string; readonly deviation: number }[];
  readonly answers: number;
  /** Why it is a simpler model than the study asks for; null where it is not. */
  readonly simplified: string | null;
}

/** Participants of each condition below which there is no regression. */
const FEWEST = 3;

/**
 * correct ~ condition × session + (1 | participant) + (1 | picture), with the condition that the contrast is against (else the
 * first) and the first session as the base. Where everybody is right (or wrong) in one session of a condition, the model without
 * the interaction is fitted instead, and that is said.
 */
export function mixedFigures(study: Study, trials: readonly Trial[], sessions: number): Known<MixedFigures> {
  const base = study.contrast?.against ?? study.conditions[0];
  const conditions = [base, ...study.conditions.filter((name) => name !== base)];
  const answers = answersOf(trials, conditions, isRight);
  const few = conditions.filter(
    (_, condition) => [...Array.from(answers.group)].filter((of) => of === condition).length < FEWEST,
  );
  if (few.length > 0)
    return notKnown(`fewer than ${FEWEST} participants count in ${listText(few.map((name) => `“${name}”`))}`);
  const full = fitMixedLogit(designOf(answers, conditions, sessions, true));
  if (full.status === 'converged') return known(figuresOf(study, full, conditions, sessions, null));
  const why = reasonOf(full);
  if (full.status !== 'separated' || conditions.length === 1 || sessions === 1) return notKnown(why);
  const simple = fitMixedLogit(designOf(answers, conditions, sessions, false));
  if (simple.status === 'converged') return known(figuresOf(study, simple, conditions, sessions, why));
  return notKnown(reasonOf(simple));
}

function designOf(
  answers: Answers,
  conditions: readonly string[],
  sessions: number,
  hasInteraction: boolean,
): MixedDesign {
  const columns: { readonly term: string; readonly of: (i: number) => number }[] = [
    { term: 'intercept', of: () => 1 },
  ];
  const { condition, session } = answers;
  conditions.forEach((name, at) => {
    if (at > 0) columns.push({ term: name, of: (i) => Number(condition[i] === at) });
  });
  for (let k = 1; k < sessions; k++)
    columns.push({ term: `session ${k + 1}`, of: (i) => Number(session[i] === k) });
  if (hasInteraction)
    for (let k = 1; k < sessions; k++)
      conditions.forEach((name, at) => {
        if (at === 0) return;
        const of = (i: number): number => Number(condition[i] === at && session[i] === k);
        columns.push({ term: `${name}, session ${k + 1}`, of });
      });
  const { hit, participant, participants, picture, pictures } = answers;
  const x = new Float64Array(hit.length * columns.length);
  hit.forEach((_, i) => columns.forEach(({ of }, k) => (x[i * columns.length + k] = of(i))));
  return {
    terms: columns.map(({ term }) => term),
    x,
    right: hit,
    groupings: [
      { name: 'participants', levels: participants, of: participant },
      { name: 'pictures', levels: pictures, of: picture },
    ],
  };
}

function figuresOf(
  study: Study,
  fit: MixedLogit,
  conditions: readonly string[],
  sessions: number,
  simplified: string | null,
): MixedFigures {
  const [base] = conditions;
  /** Weight of each term in the log-odds of a condition, mean over sessions. */
  const meanWeights = (name: string): number[] =>
    fit.terms.map((term) => {
      if (name === base) return 0;
      if (term === name) return 1;
      return term.startsWith(`${name}, session `) ? 1 / sessions : 0;
    });
  const factors = [...(conditions.length > 1 ? ['condition'] : []), ...(sessions > 1 ? ['session'] : [])];
  const fixed = factors.join(simplified === null ? ' * ' : ' + ') || '1';
  return {
    formula: `correct ~ ${fixed} + (1 | participant) + (1 | picture)`,
    base,
    coefficients: fit.coefficients.map((one, at) => ({ term: fit.terms[at], ...one })),
    contrasts: pairsOf(study).map(({ condition, against }) => {
      const [a, b] = [meanWeights(condition), meanWeights(against)];
      const weights = a.map((weight, at) => weight - b[at]);
      return { condition, against, ...combinedEffect(fit, weights) };
    }),
    spreads: fit.spreads,
    answers: fit.observations,
    simplified,
  };
}

function reasonOf({ status, terms }: NoMixedLogit): string {
  const named = listText(terms.map((term) => (term === 'intercept' ? 'all answers' : `“${term}”`)));
  switch (status) {
    case 'separated':
      return `answers are all right, or all wrong, where ${named} ${terms.length > 1 ? 'set' : 'sets'} them apart, so that the estimate would be infinite`;
    case 'rank-deficient':
      return `no answers tell ${named} from the rest`;
    case 'unbounded':
      return `single ${listText([...terms])} are all right or all wrong, so that their spread would be infinite`;
    case 'not-converged':
      return 'the estimate did not settle';
  }
}
