import type { ChoiceAnalysis } from '../../study/analysis/analyse-choice.ts';
import type { IntruderAnalysis } from '../../study/analysis/analyse-intruder.ts';
import type { StudyAnalysis } from '../../study/analysis/analyse-study.ts';
import type { UtilityAnalysis } from '../../study/analysis/analyse-utility.ts';
import type { Contrast } from '../../study/analysis/contrasts.ts';
import type { Exclusions } from '../../study/analysis/exclusions.ts';
import type { Study } from '../../study/study.ts';
import { capitalised } from '../../wording/capitalised.ts';
import { pText } from '../../wording/chance-text.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import { fixed, intervalText, percentText } from '../../wording/number-text.ts';
import { conditionName } from './condition-names.ts';
import { pointEnds } from './figure-text.ts';

/** What a study says, in plain words. */
export interface StudyVerdict {
  /** One or two sentences. */
  readonly headline: string;
  /** What has to be known beside it, the gravest first; may be empty. */
  readonly cautions: readonly string[];
}

/** A p-value up to this is told as more than chance. */
const LEVEL = 0.05;
/** A share of participants left out beyond which that is said with the verdict. */
const MANY_LEFT_OUT = 0.2;

/** Whom answers are of; those of a dry run say nothing of people. */
export interface Answerers {
  /** @default false */
  readonly isSimulated?: boolean;
}

/** The verdict of an analysed study. */
export function studyVerdict(
  study: Study,
  analysis: StudyAnalysis,
  { isSimulated = false }: Answerers = {},
): StudyVerdict {
  const { figures, exclusions, voidBecause } = analysis;
  const people = isSimulated ? 'simulated participants' : 'people';
  const isVoid = voidBecause.length > 0;
  return {
    headline: exclusions.included === 0 ? nobodyText(exclusions) : headlineOf(study, figures, people),
    cautions: [
      ...(isVoid
        ? [`The study is void: ${listText([...voidBecause])}. It was not answered as it was frozen.`]
        : []),
      ...(figures.kind === 'utility'
        ? [...pictureCautions(figures, people), ...roomCautions(figures, people)]
        : []),
      ...countCautions(study, exclusions),
    ],
  };
}

function headlineOf(study: Study, figures: StudyAnalysis['figures'], people: string): string {
  switch (figures.kind) {
    case 'utility':
      return utilityHeadline(study, figures, people);
    case 'intruder':
      return intruderHeadline(figures, people);
    case 'choice':
      return choiceHeadline(figures, people);
  }
}

function nobodyText({ participants }: Exclusions): string {
  if (participants === 0) return 'Nobody has taken part yet.';
  return `Nothing can be said: of ${countOf(participants, 'participant')} none counts.`;
}

function utilityHeadline(
  { contrast }: Study,
  { contrasts, conditions }: UtilityAnalysis,
  people: string,
): string {
  const valueOf = (name: string): number | null =>
    conditions.find(({ condition }) => condition === name)?.accuracy.value ?? null;
  const accuracyOf = (name: string): string => {
    const value = valueOf(name);
    return value === null ? 'not known' : percentText(value);
  };
  if (contrast === null) {
    const [{ condition, accuracy }] = conditions;
    return `After learning with ${conditionName(condition)} ${people} predict the model right in ${accuracyOf(condition)} of new pictures${accuracy.interval === null ? '' : ` (${intervalText(accuracy.interval)})`}.`;
  }
  const [{ difference, test }] = contrasts;
  const [a, b] = [contrast.condition, contrast.against].map(conditionName);
  const shares = `${accuracyOf(contrast.condition)} against ${accuracyOf(contrast.against)} right`;
  const interval =
    difference.interval === null ? '' : `, a difference of ${pointEnds(difference.interval)} points`;
  const isAnyUnknown = [contrast.condition, contrast.against].some((name) => valueOf(name) === null);
  if (test.value === null || difference.value === null)
    return `It is not known whether ${a} help ${people} to predict the model more than ${b}${isAnyUnknown ? '' : ` (${shares})`}: ${test.reason ?? difference.reason ?? ''}.`;
  if (test.value.p > LEVEL)
    return `No difference is seen between ${a} and ${b} (${shares}${interval}; ${pText(test.value.p)}). That is not to say that there is none.`;
  const direction = difference.value > 0 ? 'better' : 'worse';
  return `${isOfThesePictures(contrasts[0]) ? `On these pictures ${people}` : capitalised(people)} predict the model ${direction} after learning with ${a} than with ${b}: ${shares}${interval} (permutation test, ${pText(test.value.p)}).`;
}

function intruderHeadline({ concepts, accuracy }: IntruderAnalysis, people: string): string {
  const asked = concepts.filter(({ adjusted }) => adjusted !== null);
  const found = asked.filter(
    ({ adjusted, coherence }) => (adjusted ?? 1) <= LEVEL && (coherence.interval?.low ?? 0) > 0,
  );
  const weak = asked.filter((one) => !found.includes(one));
  const tell = accuracy.participants === 1 ? 'One participant tells' : `${capitalised(people)} tell`;
  const those = `${tell} the intruder more often than by guessing in ${found.length} of ${countOf(asked.length, 'concept')}`;
  const all =
    accuracy.value === null ? '' : ` (${percentText(accuracy.value)} of all sets, 20 % by guessing)`;
  if (weak.length === 0) return `${those}${all}.`;
  return `${those}${all}. Not shown to hold together: ${listText(weak.map(({ name }) => name))}.`;
}

function choiceHeadline({ share, p, morePart, moreConcept }: ChoiceAnalysis, people: string): string {
  if (share.value === null) return 'Nobody whose answers count was asked.';
  const shares = `parts are called clearer in ${percentText(share.value)} of comparisons${share.interval === null ? '' : ` (${intervalText(share.interval)})`}`;
  const chose = `${countOf(morePart, 'participant')} chose parts more often, ${moreConcept} concepts`;
  if (p === null || p > LEVEL)
    return `Neither parts nor concepts are seen to be clearer: ${shares}; ${chose}${p === null ? '' : ` (sign test, ${pText(p)})`}.`;
  const [clearer, other] =
    morePart > moreConcept ? ['Parts', 'the concepts they belong to'] : ['Concepts', 'their parts'];
  return `${clearer} are clearer to ${people} than ${other}: ${shares}; ${chose} (sign test, ${pText(p)}).`;
}

/** A difference that others would show on these pictures, though on other pictures there may be none. */
function isOfThesePictures({ difference: { interval }, test }: Contrast): boolean {
  return (
    test.value !== null &&
    test.value.p <= LEVEL &&
    (interval === null || (interval.low <= 0 && interval.high >= 0))
  );
}

function pictureCautions({ contrasts }: UtilityAnalysis, people: string): string[] {
  const found = contrasts.find((contrast) => contrast.isPrimary && isOfThesePictures(contrast));
  if (found === undefined) return [];
  const { interval, reason } = found.difference;
  if (interval === null)
    return [
      `The difference is more than chance among ${people}; with other pictures of the same kind there may be none, for it has no interval: ${reason ?? ''}. The test is over ${people} alone.`,
    ];
  return [
    `The difference is more than chance among ${people}, but hangs on few pictures: with other pictures of the same kind there may be none. The test is over ${people} alone, the interval over ${people} and pictures.`,
  ];
}

/** Conditions in which there was no room to see a difference. */
function roomCautions({ conditions }: UtilityAnalysis, people: string): string[] {
  const named = (room: string): string[] =>
    conditions.filter((one) => one.room === room).map(({ condition }) => conditionName(condition));
  const [floor, ceiling] = [named('floor'), named('ceiling')];
  const cautions: string[] = [];
  if (floor.length > 0)
    cautions.push(
      `Floor: with ${listText(floor)} ${people} are hardly better than guessing, so that the task may have been too hard to see any help.`,
    );
  if (ceiling.length > 0)
    cautions.push(
      `Ceiling: with ${listText(ceiling)} ${people} are right nearly always, so that the task may have been too easy to see any help.`,
    );
  return cautions;
}

function countCautions(study: Study, { participants, included, excluded }: Exclusions): string[] {
  const planned = study.participants * study.conditions.length;
  const cautions: string[] = [];
  if (included > 0 && included < planned)
    cautions.push(
      `${included} of ${planned} planned participants count; the fewer there are, the less is seen.`,
    );
  if (participants > 0 && excluded.length / participants > MANY_LEFT_OUT)
    cautions.push(...leftOutTexts(participants, excluded));
  return cautions;
}

/** Who is left out by a rule, and apart from them who withdrew and who has not come to the end, if only because they still answer. */
function leftOutTexts(participants: number, excluded: Exclusions['excluded']): string[] {
  const withdrawn = excluded.filter(({ reasons }) => reasons.includes('withdrawn')).length;
  const unfinished = excluded.filter(({ reasons }) => reasons.includes('unfinished')).length;
  const parts: readonly (readonly [string, number])[] = [
    ['Left out by the rules', excluded.length - withdrawn - unfinished],
    ['Withdrew', withdrawn],
    ['Not at the end, and not counted', unfinished],
  ];
  return parts
    .filter(([, count]) => count > 0)
    .map(
      ([what, count]) =>
        `${what}: ${count} of ${countOf(participants, 'participant')} (${fixed((100 * count) / participants, 0)} %).`,
    );
}
