import { rowOfId } from '../../core/concepts/recursion/concept-tree.ts';
import { DISCOVERY_RATE, FEWEST_IMAGES } from '../../core/metrics/drift.ts';
import type { ScoredRun } from '../../core/pipeline/score-run.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import { answerText } from '../../core/wording/answer-text.ts';
import type { CsvCell } from '../../core/wording/csv.ts';
import { decimalText, percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** Files named in a sentence. */
const LISTED = 10;

/** The stable fields of `score --json`. */
export type ScoreFacts = ReturnType<typeof scoreFacts>;

/** New images with amounts and contributions by the concepts' ids; what of them is unlike the run's own. */
export function scoreFacts(
  { project, run, className }: { readonly project: string; readonly run: string; readonly className: string },
  { images, skipped, concepts, compared, mostRest }: ScoredRun,
) {
  const byId = (values: ArrayLike<number>) =>
    Object.fromEntries(concepts.map(({ id }) => [id, values[rowOfId(id)]]));
  const isUnknown = (rest: number): boolean | null => (mostRest === undefined ? null : rest > mostRest);
  const drifted = concepts.filter(({ drift }) => drift?.isDrift === true);
  return {
    project,
    run,
    class: className,
    concepts: concepts.map(({ id, name, drift }) => ({ id, name, drift: drift ?? null })),
    images: images.map(({ amounts, contributions, rest, ...image }) => ({
      ...image,
      amounts: byId(amounts),
      contributions: byId(contributions),
      rest,
      isUnknown: isUnknown(rest),
    })),
    drift: {
      compared,
      // Of too few images nothing is known.
      concepts:
        concepts[0]?.drift === undefined
          ? null
          : drifted
              .sort((a, b) => a.drift!.q - b.drift!.q || b.drift!.distance - a.drift!.distance)
              .map(({ id }) => id),
      falseDiscoveryRate: DISCOVERY_RATE,
    },
    mostRest: mostRest ?? null,
    skipped,
  };
}

/** A header and a row a picture. */
export function scoreRows({ concepts, images }: ScoreFacts): CsvCell[][] {
  const header = [
    ...['file', 'predicted', 'probability', 'score', 'rest', 'unknown_to_the_concepts'],
    ...concepts.map(({ name }) => `amount of ${name}`),
    ...concepts.map(({ name }) => `contribution of ${name}`),
  ];
  const rows = images.map(({ file, predicted, score, rest, isUnknown, amounts, contributions }) => [
    ...[file, predicted.name, predicted.probability, score, rest],
    isUnknown === null ? undefined : isUnknown ? 'yes' : 'no',
    ...concepts.map(({ id }) => amounts[id]),
    ...concepts.map(({ id }) => contributions[id]),
  ]);
  return [header, ...rows];
}

/** Which concepts drifted, which images the concepts do not know, and what was left out. */
export function scoreText(facts: ScoreFacts, { listsAll }: { readonly listsAll: boolean }): string {
  const { class: className, concepts, images, drift, mostRest, skipped } = facts;
  const unknown = images.filter(({ isUnknown }) => isUnknown === true);
  const rows = images.map(({ file, predicted, rest, amounts }) => {
    const strong = [...concepts].sort((a, b) => amounts[b.id] - amounts[a.id]).slice(0, 3);
    return [
      file,
      `${predicted.name} ${answerText(predicted)}`,
      percentText(rest),
      strong.map(({ name, id }) => `${name} ${decimalText(amounts[id])}`).join(', '),
    ];
  });
  return [
    ...(listsAll ? [...table([['file', 'answer', 'rest', 'most of'], ...rows]), ''] : []),
    ...driftLines(facts),
    '',
    mostRest === null
      ? 'The run has too few images to tell which of these its concepts do not know.'
      : unknown.length === 0
        ? `No image has more that the concepts leave unexplained than those of the run (${percentText(mostRest)} of the activations at most).`
        : `${countOf(unknown.length, 'image')} of ${images.length} ${unknown.length === 1 ? 'has' : 'have'} more that the concepts leave unexplained than any image of the run (${percentText(mostRest)}): ${listText(unknown.slice(0, LISTED).map(({ file }) => file))}${unknown.length > LISTED ? ', …' : ''}.`,
    ...(drift.concepts === null
      ? [
          `Drift was not looked for: it takes ${FEWEST_IMAGES} images that are called ${className} on both sides; the run has ${drift.compared.before}, these are ${drift.compared.now}.`,
        ]
      : []),
    ...(skipped.length > 0
      ? [
          '',
          `${countOf(skipped.length, 'file')} left out:`,
          ...skipped.map((one) => `${one.file}: ${one.reason}`),
        ]
      : []),
  ].join('\n');
}

function driftLines({ concepts, drift, class: className }: ScoreFacts): string[] {
  if (drift.concepts === null) return [];
  const { before, now } = drift.compared;
  const rows = concepts.flatMap(({ name, drift: own }) =>
    own === null
      ? []
      : [
          [
            name,
            decimalText(own.before),
            decimalText(own.now),
            `${decimalText(own.distance)} (usual up to ${decimalText(own.usual)})`,
            own.isDrift ? (own.now > own.before ? 'more' : 'less') : '',
          ],
        ],
  );
  const count = drift.concepts.length;
  return [
    `Amounts in ${countOf(now, 'image')} called ${className}, beside those in the ${countOf(before, 'image')} of the run:`,
    ...table([['concept', 'run', 'new', 'distance', 'drift'], ...rows]),
    count === 0
      ? 'No concept drifts.'
      : `${countOf(count, 'concept')} ${count === 1 ? 'drifts' : 'drift'}; at most ${percentText(DISCOVERY_RATE)} of such finds are due to chance.`,
  ];
}
