import type { RunObjects } from '../../core/tables/objects/object-facts.ts';
import { DISCOVERY_RATE } from '../../core/metrics/drift.ts';
import type { RunColumns } from '../../core/tables/table-facts.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import type { CsvCell } from '../../core/wording/csv.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { leaningText, marksSentences } from '../../core/wording/object-words.ts';
import {
  associationFigures,
  associationSentence,
  COLUMN_KIND_WORDS,
  matchedSentence,
  sliceSentence,
  tableSentences,
} from '../../core/wording/table-words.ts';
import { table } from './text-table.ts';

/** The stable fields of `columns --json`. */
export type ColumnsFacts = ReturnType<typeof columnsFacts>;

const COLUMN_KINDS = ['category', 'number', 'date', 'text', 'same'] as const;

/** Lines listed of each kind. */
const LISTED = 15;

/** What `columns` tells, by names; the level of every image is left out, since the table has it. */
export function columnsFacts(
  { project, run }: { readonly project: string; readonly run: string },
  { columns, ...found }: RunColumns,
) {
  return {
    project,
    run,
    falseDiscoveryRate: DISCOVERY_RATE,
    ...found,
    columns: columns.map(({ name, kind, missing, levels, notice }) => ({
      ...{ name, kind, missing, levels: levels ?? null, notice: notice ?? null },
    })),
  };
}

/** A row for each association that is a find and each slice that does worse, with a header. */
export function columnRows({ associations, slices, concepts }: ColumnsFacts): CsvCell[][] {
  const nameOf = (id: string) => concepts.find((concept) => concept.id === id)?.name;
  return [
    ['kind', 'column', 'level', 'concept', 'images', 'effect', 'value', 'low', 'high', 'p', 'q', 'find'],
    ...associations.map(({ column, concept, images, effect, p, q, isFind }): CsvCell[] => [
      ...['association', column, effect.kind === 'level' ? effect.level : '', nameOf(concept), images],
      ...(effect.kind === 'level'
        ? ['probability of more', effect.more.value, effect.more.low, effect.more.high]
        : ['rank correlation', effect.rho, effect.low, effect.high]),
      ...[p, q, isFind ? 'yes' : 'no'],
    ]),
    ...slices.map(({ column, level, images, errors, p, q, isWorse }): CsvCell[] => [
      ...['slice', column, level, '', images, 'share wrong', errors.value, errors.low, errors.high],
      ...[p, q, isWorse ? 'yes' : 'no'],
    ]),
  ];
}

/** What was understood of the table, what goes along with its columns, and where the model does worse. */
export function columnsText(facts: ColumnsFacts): string {
  const { table: read, columns } = facts;
  return [
    `${read.file}: ${matchedSentence(read)}`,
    ...tableSentences(read).map((sentence) => `  ${sentence}`),
    ...kindLines(columns),
    ...columns.flatMap(({ name, notice }) => (notice === null ? [] : [`  ${name}: ${notice}`])),
    '',
    ...associationLines(facts),
    '',
    ...sliceLines(facts),
  ].join('\n');
}

/** The columns by what they hold. */
function kindLines(columns: ColumnsFacts['columns']): string[] {
  return COLUMN_KINDS.flatMap((kind) => {
    const names = columns.filter((column) => column.kind === kind).map(({ name }) => name);
    if (names.length === 0) return [];
    const more = names.length - LISTED;
    const shown = names.slice(0, LISTED).join(', ');
    return [`  ${COLUMN_KIND_WORDS[kind]}: ${shown}${more > 0 ? ` and ${more} more` : ''}.`];
  });
}

function associationLines({ associations, concepts, explained }: ColumnsFacts): string[] {
  const finds = associations.filter(({ isFind }) => isFind);
  const nameOf = (id: string): string => concepts.find((concept) => concept.id === id)!.name;
  if (associations.length === 0)
    return [
      `No column could be compared with the concepts of ${countOf(explained, 'explained image')}: a column needs two values, each of them in five images.`,
    ];
  if (finds.length === 0)
    return [
      `No concept goes along with a column: ${countOf(associations.length, 'pair')} looked at, in ${countOf(explained, 'explained image')}.`,
    ];
  return [
    `What goes along in ${countOf(explained, 'explained image')} (${countOf(associations.length, 'pair')} looked at; at most ${percentText(DISCOVERY_RATE)} of these finds are due to chance):`,
    ...finds
      .slice(0, LISTED)
      .map((one) => `  ${associationSentence(nameOf(one.concept), one)}: ${associationFigures(one)}.`),
    ...(finds.length > LISTED
      ? [`  and ${countOf(finds.length - LISTED, 'more', 'more')} (--json, --csv)`]
      : []),
  ];
}

function sliceLines({ slices, judged, wrong, concepts }: ColumnsFacts): string[] {
  if (judged === 0) return ['Which images the model gets wrong is not known: no folder names a class.'];
  const worse = slices.filter(({ isWorse }) => isWorse);
  const whole = `the model is wrong in ${wrong} of ${countOf(judged, 'image')}`;
  if (worse.length === 0)
    return [
      `No value of a column does worse than the rest (${countOf(slices.length, 'slice')} looked at); ${whole}.`,
    ];
  const nameOf = (id: string): string => concepts.find((concept) => concept.id === id)!.name;
  return [
    `Where the model does worse, the worst first (${countOf(slices.length, 'slice')} looked at; ${whole}):`,
    ...worse.slice(0, LISTED).map((slice) => {
      const more = slice.concepts ?? [];
      const active =
        more.length > 0 ? `; more of ${listText(more.map(({ concept }) => nameOf(concept)))} there` : '';
      return `  ${slice.column} = ${slice.level}: ${sliceSentence(slice)}${active}.`;
    }),
  ];
}

/** How much of each concept lies in marked objects, and of which kind of these, where there are several. */
export function objectsText({
  images,
  explained,
  shares,
  kinds,
  ...left
}: RunObjects & { readonly unread: readonly string[] }): string {
  return [
    `What of the concepts lies in marked objects, in ${images} of ${countOf(explained, 'explained image')}:`,
    ...marksSentences(left).map((sentence) => `  ${sentence}`),
    ...sharesTable(shares),
    ...kinds.flatMap((kind) => [
      '',
      `In “${kind.name}”, in ${countOf(kind.images, 'image')}:`,
      ...sharesTable(kind.shares),
    ]),
  ].join('\n');
}

function sharesTable(shares: RunObjects['shares']): string[] {
  const percents = (low: number, high: number): string => `${percentText(low)} to ${percentText(high)}`;
  return table([
    ['concept', 'inside', 'objects take', 'difference', 'images', 'it'],
    ...shares.map(({ name, inside, area, difference, low, high, images }) => [
      ...[name, percentText(inside), percentText(area)],
      ...[`${percentText(difference)} (${percents(low, high)})`, String(images), leaningText({ low, high })],
    ]),
  ]);
}
