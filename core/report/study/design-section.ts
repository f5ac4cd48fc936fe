import type { StudyAnalysis } from '../../study/analysis/analyse-study.ts';
import { EXCLUSION_REASONS, type ExclusionReason, type Exclusions } from '../../study/analysis/exclusions.ts';
import type { ExclusionRules, FrozenStudy, StudyMaterial } from '../../study/study.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import { durationText } from '../../wording/duration-text.ts';
import { shortPercentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import { factsTable } from '../sections/facts-table.ts';
import { conditionName } from './condition-names.ts';

const REASONS: Readonly<Record<ExclusionReason, string>> = {
  withdrawn: 'withdrew; their answers were deleted',
  unfinished: 'did not come to the end',
  quiz: 'did not pass the quiz after the practice',
  catch: 'answered too few catch trials right',
  fast: 'answered faster than a picture can be looked at',
};

/** Who counts and who is left out, by the rules that were frozen. */
export function exclusionsSection({ participants, included, excluded, counts }: Exclusions): Html {
  return html`<section id="people" class="study">
    <h2>Who counts</h2>
    <p class="intro">
      ${countOf(participants, 'participant')}, of whom ${included} count. The rules were frozen before the
      first of them.${excluded.length > 0 && ' More than one may apply to the same person.'}
    </p>
    ${
      excluded.length > 0 &&
      html`<table class="plain">
        <thead>
          <tr>
            <th scope="col">left out because they</th>
            <th scope="col" class="number">people</th>
            <th scope="col">numbers</th>
          </tr>
        </thead>
        <tbody>
          ${EXCLUSION_REASONS.filter((reason) => counts[reason] > 0).map(
            (reason) =>
              html`<tr>
                <th scope="row">${REASONS[reason]}</th>
                <td class="number">${counts[reason]}</td>
                <td>
                  ${excluded
                    .filter(({ reasons }) => reasons.includes(reason))
                    .map(({ participant }) => participant)
                    .join(', ')}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }
  </section>`;
}

/** The study as it was frozen, for whoever wants to repeat it. */
export function designSection({ study, sha256 }: FrozenStudy, { voidBecause }: StudyAnalysis): Html {
  const { contrast, rules, material } = study;
  const text = (value: string): Html => html`<bdi>${value}</bdi>`;
  return html`<section id="design" class="study">
    <h2>The study as it was frozen</h2>
    <p class="intro">
      Everything below, and every picture, was settled before the first participant; the hash names it. The
      same answers give the same figures, for nothing else enters.
    </p>
    ${factsTable('Design', [
      ['study', text(study.title)],
      ['name', text(study.id)],
      ['hash (SHA-256)', sha256],
      ['frozen', study.frozen],
      ...(voidBecause.length > 0 ? [['void because', listText([...voidBecause])] as const] : []),
      ...materialFacts(material),
      ...(material.kind === 'utility'
        ? [['conditions', listText(study.conditions.map(conditionName))] as const]
        : []),
      ...(contrast === null
        ? []
        : [
            [
              'question',
              `${conditionName(contrast.condition)} against ${conditionName(contrast.against)}`,
            ] as const,
          ]),
      [
        'participants planned',
        `${study.participants}${material.kind === 'utility' ? ' for each condition' : ''}`,
      ],
      ['seed', study.seed],
      ['left out', rulesText(rules, material)],
      ['consent', text(study.consent)],
    ])}
    ${factsTable('Runs and versions', [
      ...study.runs.map(
        ({ id, className, sha256: hash }) => [`run ${id}`, html`<bdi>${className}</bdi>, ${hash}`] as const,
      ),
      ...Object.entries(study.versions),
    ])}
  </section>`;
}

function materialFacts(material: StudyMaterial): (readonly [string, string])[] {
  if (material.kind === 'intruder') return [['sets of crops', String(material.items.length)]];
  if (material.kind === 'choice') return [['pairs of galleries', String(material.items.length)]];
  const { answers, scenario, sessions } = material;
  const [first] = sessions;
  const size =
    first === undefined
      ? ''
      : `, each with ${countOf(first.train.length, 'picture')} to learn from and ${first.test.length} to predict`;
  return [
    ['answers', `“${answers[0]}” or “${answers[1]}”`],
    [
      'pictures',
      scenario === 'failures' ? 'half of them mistakes of the model' : 'of all the model’s answers',
    ],
    ['sessions', `${sessions.length}${size}`],
  ];
}

function rulesText(
  { quizTries, leastCatchShare, leastMedianMs }: ExclusionRules,
  { kind }: StudyMaterial,
): string {
  const ofUtility = `who does not pass the quiz in ${countOf(quizTries, 'try', 'tries')}; who answers fewer than ${shortPercentText(leastCatchShare)} of catch trials right; `;
  return `${kind === 'utility' ? ofUtility : ''}whose median answer takes less than ${durationText(leastMedianMs)}; who withdraws or does not finish`;
}
