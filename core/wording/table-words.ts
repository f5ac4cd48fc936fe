import { countOf, listText } from './count-text.ts';
import { decimalText, percentText } from './number-text.ts';

/** What is said of a table's kinds of columns. */
export const COLUMN_KIND_WORDS = {
  number: 'Numbers',
  date: 'Dates',
  category: 'Categories',
  text: 'Texts, not compared',
  same: 'The same everywhere',
} as const;

/** How many there are of something, with some of them by name. */
export interface ToldExamples {
  readonly count: number;
  readonly some: readonly string[];
}

/** What {@link tableSentences} are about. */
export interface ReadTable {
  readonly pictureColumn: string;
  readonly way: 'path' | 'name' | 'stem';
  readonly rows: number;
  readonly pictures: number;
  readonly matched: number;
  readonly strangers: ToldExamples;
  readonly unnamed: ToldExamples;
  readonly ambiguous: ToldExamples;
  readonly folder?: { readonly column: string; readonly rows: number };
  readonly repeated: ToldExamples;
  readonly contradicted: ToldExamples;
  readonly uneven: number;
  readonly firstUneven?: number;
  readonly notices: readonly string[];
}

/** Which images a table speaks of. */
export function matchedSentence({ pictureColumn, way, pictures, matched }: ReadTable): string {
  const how =
    way === 'path'
      ? ''
      : way === 'name'
        ? ', compared by the file’s name alone, since the folders are others'
        : ', compared without the extension';
  return `${countOf(matched, 'image')} of ${pictures} ${matched === 1 ? 'has' : 'have'} a row; column “${pictureColumn}” names them${how}.`;
}

/** What of a table could not be used, or was not clear; nothing where all was. */
export function tableSentences(table: ReadTable): string[] {
  const { strangers, unnamed, ambiguous, folder, repeated, contradicted, uneven, firstUneven, notices } =
    table;
  return [
    ...notices,
    ...(folder !== undefined
      ? [
          `Several images have the same name: in ${countOf(folder.rows, 'row')} column “${folder.column}” says in which folder the image is.`,
        ]
      : []),
    ...(unnamed.count > 0
      ? [`${countOf(unnamed.count, 'image has', 'images have')} no row: ${someText(unnamed)}.`]
      : []),
    ...(strangers.count > 0
      ? [`${countOf(strangers.count, 'row names', 'rows name')} none of the images: ${someText(strangers)}.`]
      : []),
    ...(ambiguous.count > 0
      ? [
          `${countOf(ambiguous.count, 'row is', 'rows are')} not joined, for several images are called so: ${someText(ambiguous)}. What they say is not known; give paths with folders, or a column that names the folder.`,
        ]
      : []),
    ...(repeated.count > 0
      ? [`${countOf(repeated.count, 'image has', 'images have')} several rows: ${someText(repeated)}.`]
      : []),
    ...(contradicted.count > 0
      ? [
          `Where these rows differ, nothing is taken as known: in ${countOf(contradicted.count, 'image')} (${someText(contradicted)}).`,
        ]
      : []),
    ...(uneven > 0
      ? [
          `${countOf(uneven, 'row has', 'rows have')} not as many cells as there are columns, first row ${firstUneven}; missing cells are empty, further ones left out.`,
        ]
      : []),
  ];
}

/** The first three: "a, b, …". */
export function someText({ count, some }: ToldExamples): string {
  const shown = some.slice(0, 3);
  return count > shown.length ? `${shown.join(', ')}, …` : listText(shown);
}

/** An association, by the name of its concept. */
export interface ToldAssociation {
  readonly column: string;
  readonly effect:
    | { readonly kind: 'correlation'; readonly rho: number }
    | { readonly kind: 'level'; readonly level: string };
}

/** What goes along with what: "Concept 1 is stronger in images with photographer = Anna". */
export function associationSentence(concept: string, { column, effect }: ToldAssociation): string {
  if (effect.kind === 'level') return `${concept} is stronger in images with ${column} = ${effect.level}`;
  return `${concept} is ${effect.rho > 0 ? 'stronger' : 'weaker'} the higher ${column} is`;
}

/** How clearly, with what chance makes of it: "AUC 0.98 (0.95 to 1.00), q < 0.001". */
export function associationFigures(association: {
  readonly effect:
    | { readonly kind: 'correlation'; readonly rho: number; readonly low: number; readonly high: number }
    | {
        readonly kind: 'level';
        readonly more: { readonly value: number; readonly low: number; readonly high: number };
      };
  readonly q: number;
}): string {
  const { effect, q } = association;
  const [name, value, low, high] =
    effect.kind === 'level'
      ? ['AUC', effect.more.value, effect.more.low, effect.more.high]
      : ['Spearman', effect.rho, effect.low, effect.high];
  return `${name} ${decimalText(value)} (${decimalText(low)} to ${decimalText(high)}), ${rateText(q)}`;
}

/** A false discovery rate: "q = 0.012", "q < 0.001". */
export function rateText(q: number): string {
  return q < 0.001 ? 'q < 0.001' : `q = ${q.toFixed(3)}`;
}

/** How often the model is wrong in a slice: "wrong in 12 of 40 (30.0 %, 18.1 to 45.4 %), elsewhere in 2.1 %". */
export function sliceSentence({
  images,
  wrong,
  errors,
  rest,
}: {
  readonly images: number;
  readonly wrong: number;
  readonly errors: { readonly value: number; readonly low: number; readonly high: number };
  readonly rest: { readonly value: number };
}): string {
  return `wrong in ${wrong} of ${countOf(images, 'image')} (${percentText(errors.value)}; ${percentText(errors.low)} to ${percentText(errors.high)}), elsewhere in ${percentText(rest.value)}`;
}
