import { studyVerdict, type Answerers } from '../../core/report/study/study-verdict.ts';
import type { ChoiceAnalysis } from '../../core/study/analysis/analyse-choice.ts';
import type { IntruderAnalysis } from '../../core/study/analysis/analyse-intruder.ts';
import type { StudyAnalysis } from '../../core/study/analysis/analyse-study.ts';
import type { UtilityAnalysis } from '../../core/study/analysis/analyse-utility.ts';
import type { StudyFigure } from '../../core/study/analysis/study-figure.ts';
import type { Study } from '../../core/study/study.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { fixed, intervalText, percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** What came of a study, for people. */
export function analysisText(study: Study, analysis: StudyAnalysis, whose: Answerers = {}): string {
  const { exclusions, answers, figures } = analysis;
  const { headline, cautions } = studyVerdict(study, analysis, whose);
  const left = Object.entries(exclusions.counts).filter(([, count]) => count > 0);
  const reasons = left.map(([reason, count]) => `${reason} ${count}`).join(', ');
  const out = exclusions.participants - exclusions.included;
  return [
    headline,
    ...cautions,
    `Counted: ${countOf(answers, 'answer')} of ${countOf(exclusions.included, 'participant')}; left out: ${out}${reasons === '' ? '' : ` (${reasons})`}`,
    ...(exclusions.included === 0 ? [] : ['', ...linesOf(figures)]),
  ].join('\n');
}

function linesOf(figures: StudyAnalysis['figures']): string[] {
  switch (figures.kind) {
    case 'utility':
      return utilityLines(figures);
    case 'intruder':
      return intruderLines(figures);
    case 'choice':
      return choiceLines(figures);
  }
}

function utilityLines({ conditions, sessions, utilities, control, contrasts }: UtilityAnalysis): string[] {
  const header = ['condition', 'accuracy', '95 % interval', ...numbers(sessions).map((k) => `session ${k}`)];
  const rows = conditions.map((one) => [
    one.condition,
    shareText(one.accuracy),
    endsText(one.accuracy),
    ...one.sessions.map(shareText),
  ]);
  return [
    ...table([header, ...rows]),
    '',
    ...(utilities.length === 0
      ? []
      : [
          ...table([
            [`utility against ${control}`, 'mean', '95 % interval'],
            ...utilities.map(({ condition, utility }) => [
              condition,
              utility.value === null ? 'not known' : fixed(utility.value, 2),
              utility.interval === null
                ? ''
                : `${fixed(utility.interval.low, 2)}–${fixed(utility.interval.high, 2)}`,
            ]),
          ]),
          '',
        ]),
    ...contrasts.map(contrastText),
    ...conditions.flatMap(({ condition, room }) =>
      room === 'floor' || room === 'ceiling'
        ? [
            `${condition} is at the ${room}: ${room === 'floor' ? 'hardly better than chance' : 'nearly all right'}, so that differences cannot be seen there.`,
          ]
        : [],
    ),
  ];
}

function contrastText({
  condition,
  against,
  isPrimary,
  difference,
  test,
  adjusted,
}: UtilityAnalysis['contrasts'][number]): string {
  const name = `${condition} − ${against}${isPrimary ? ' (primary)' : ''}`;
  if (difference.value === null) return `${name}: not known: ${difference.reason}`;
  const points = (value: number): string => `${value < 0 ? '−' : '+'}${fixed(Math.abs(100 * value), 1)}`;
  const ends = difference.interval;
  const interval =
    ends === null
      ? ` (no interval: ${difference.reason})`
      : ` (95 % interval ${points(ends.low)} to ${points(ends.high)})`;
  const p =
    adjusted === null
      ? `no p-value: ${test.reason}`
      : `p = ${fixed(adjusted, 4)}${isPrimary ? '' : ' after Holm'}`;
  return `${name}: ${points(difference.value)} points${interval}, ${p}`;
}

function intruderLines({ accuracy, concepts }: IntruderAnalysis): string[] {
  return [
    `Intruders found: ${shareText(accuracy)} ${endsText(accuracy)}; chance is 20 %`,
    '',
    ...table([
      ['concept', 'found', '95 % interval', 'coherence'],
      ...concepts.map((one) => [
        one.name,
        shareText(one.accuracy),
        endsText(one.accuracy),
        one.coherence.value === null ? 'not known' : fixed(one.coherence.value, 2),
      ]),
    ]),
  ];
}

function choiceLines({ share, parts }: ChoiceAnalysis): string[] {
  return [
    `The part is clearer: ${shareText(share)} ${endsText(share)} of the answers`,
    '',
    ...table([
      ['concept', 'part', 'for the part', '95 % interval'],
      ...parts.map((one) => [one.name, one.partName, shareText(one.share), endsText(one.share)]),
    ]),
  ];
}

function shareText({ value }: StudyFigure): string {
  return value === null ? 'not known' : percentText(value);
}

function endsText({ interval }: StudyFigure): string {
  return interval === null ? '' : intervalText(interval);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
