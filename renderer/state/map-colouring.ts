import type { ImageGroupsView, RunImage } from '../../main/api/contract.ts';
import type { Facet } from './columns.svelte.ts';
import { judgementOf } from './image-list.ts';

/** A kind of image on a map, with a colour of its own. */
export interface MapKind {
  readonly title: string;
  /** Place on the scale of categories; null: grey. */
  readonly colour: number | null;
  /** By place on the map. */
  readonly points: readonly number[];
}

/** How the points of a map are coloured. */
export interface Colouring {
  readonly id: string;
  readonly title: string;
  /** By kinds. */
  readonly kindOf?: (image: RunImage) => string | null;
  /** The order of kinds, where it is not that of how many there are. */
  readonly order?: readonly string[];
  /** Of the kinds in that order, as {@link MapKind} has it; absent: one after another. */
  readonly colours?: readonly (number | null)[];
}

/** Kinds that get a colour; the rest are one kind. */
const MOST_KINDS = 12;
const NO_KIND = 'none';
const OTHERS = 'all others';

const JUDGEMENTS = { right: 'Right', wrong: 'Wrong', unknown: 'Folder says nothing' } as const;

/**
 * The ways to colour that every run has; groups and columns of a table are added by {@link MapState.colourings}.
 */
export const USUAL_COLOURINGS: readonly Colouring[] = [
  {
    id: 'judgement',
    title: 'Right or wrong',
    kindOf: (image) => JUDGEMENTS[judgementOf(image)],
    order: Object.values(JUDGEMENTS),
    colours: [1, 5, null],
  },
  { id: 'answer', title: 'What the model says', kindOf: ({ predicted }) => predicted.name },
  { id: 'class', title: 'What the folder says', kindOf: ({ expected }) => expected?.name ?? null },
  { id: 'folder', title: 'Folder', kindOf: ({ folder }) => folder },
];

/** Colours by the group that each image is in. */
export function groupColouring({ groups }: ImageGroupsView): Colouring {
  const groupOf = new Map(groups.flatMap(({ images }, at) => images.map((image) => [image, at] as const)));
  return {
    id: 'group',
    title: 'Group',
    kindOf: ({ image }) => (groupOf.has(image) ? groupName(groupOf.get(image)!) : null),
    order: groups.map((_, at) => groupName(at)),
  };
}

/** Colours by a column of the project's table. */
export function columnColouring({ name, levels, of }: Facet): Colouring {
  return {
    id: `column:${name}`,
    title: name,
    kindOf: ({ image }) => levels[of[image]] ?? null,
    order: levels,
  };
}

/** "Group 1" */
export function groupName(at: number): string {
  return `Group ${at + 1}`;
}

/** The kinds of the images of a map, each with its points; the rare ones, and those of none, last and in grey. */
export function kindsOf(images: readonly RunImage[], { kindOf, order, colours }: Colouring): MapKind[] {
  const points = new Map<string | null, number[]>();
  images.forEach((image, at) => {
    const kind = kindOf?.(image) ?? null;
    const own = points.get(kind);
    if (own === undefined) points.set(kind, [at]);
    else own.push(at);
  });
  const named = [...points.keys()].filter((kind) => kind !== null);
  const rank = (kind: string): number => order?.indexOf(kind) ?? -points.get(kind)!.length;
  named.sort((a, b) => rank(a) - rank(b));
  const shown = named.length > MOST_KINDS ? named.slice(0, MOST_KINDS - 1) : named;
  const colourOf = (place: number): number | null => (colours === undefined ? place : colours[place]);
  const rest = named.slice(shown.length).flatMap((kind) => points.get(kind)!);
  const none = points.get(null) ?? [];
  return [
    ...shown.map((title) => ({
      title,
      colour: colourOf(order?.indexOf(title) ?? shown.indexOf(title)),
      points: points.get(title)!,
    })),
    ...(rest.length > 0 ? [{ title: OTHERS, colour: null, points: rest }] : []),
    ...(none.length > 0 ? [{ title: NO_KIND, colour: null, points: none }] : []),
  ];
}
