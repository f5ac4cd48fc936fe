import { describe, expect, it } from 'vitest';
import type { RunImage } from '../../../main/api/contract.ts';
import { NONE_CHOSEN, toggled, withImages } from '../../../renderer/state/chosen-images.ts';
import { listedImages, onlyChosen } from '../../../renderer/state/image-list.ts';
import {
  columnColouring,
  groupColouring,
  kindsOf,
  USUAL_COLOURINGS,
} from '../../../renderer/state/map-colouring.ts';

const image = (at: number, folder: string, predicted: string): RunImage => ({
  image: at,
  fileName: `${at}.jpg`,
  folder,
  picture: `${at}`,
  predicted: { index: predicted.length, name: predicted, probability: 0.9 },
  runnerUp: null,
  expected: folder === 'photos' ? null : { index: folder.length, name: folder },
  isExplained: true,
  agrees: true,
  change: null,
});
const images = [
  image(0, 'cat', 'cat'),
  image(1, 'photos', 'cat'),
  image(2, 'horse', 'cat'),
  image(3, 'cat', 'cat'),
];
const colouring = (id: string) => USUAL_COLOURINGS.find((one) => one.id === id)!;

describe('kindsOf', () => {
  it('tells right and wrong in their order, each with its own colour', () => {
    expect(kindsOf(images, colouring('judgement'))).toEqual([
      { title: 'Right', colour: 1, points: [0, 3] },
      { title: 'Wrong', colour: 5, points: [2] },
      { title: 'Folder says nothing', colour: null, points: [1] },
    ]);
  });

  it('puts the frequent first and those of no kind last', () => {
    const kinds = kindsOf(images, colouring('class'));
    expect(kinds.map(({ title, colour }) => [title, colour])).toEqual([
      ['cat', 0],
      ['horse', 1],
      ['none', null],
    ]);
  });

  it('has colours for twelve kinds, and makes one kind of the rest', () => {
    const many = Array.from({ length: 30 }, (_, i) => image(i, `folder${i}`, 'cat'));
    const kinds = kindsOf(many, colouring('folder'));
    expect(kinds).toHaveLength(12);
    expect(kinds.at(-1)).toMatchObject({ title: 'all others', colour: null });
    expect(kinds.flatMap(({ points }) => points)).toHaveLength(30);
  });

  it('colours by group', () => {
    const group = (members: number[]) => ({ images: members, cover: [], known: 0, wrong: 0, reasons: [] });
    const view = {
      status: 'groups',
      groups: [group([0, 3]), group([2])],
      looked: 3,
      silhouette: 1,
      usual: 0,
    } as const;
    expect(kindsOf(images, groupColouring(view)).map(({ title, points }) => [title, points])).toEqual([
      ['Group 1', [0, 3]],
      ['Group 2', [2]],
      ['none', [1]],
    ]);
  });
});

describe('a column of a table', () => {
  it('colours in the order of its values, and nothing where none is known', () => {
    const facet = {
      name: 'season',
      kind: 'category',
      missing: 1,
      levels: ['spring', 'autumn'],
      of: [1, 0, -1, 1],
    } as const;
    const kinds = kindsOf(images.slice(0, 4), columnColouring(facet));
    expect(kinds.map(({ title, points }) => [title, points])).toEqual([
      ['spring', [1]],
      ['autumn', [0, 3]],
      ['none', [2]],
    ]);
  });
});

describe('a list of chosen images', () => {
  it('has those and no others', () => {
    const listing = {
      order: 'given',
      columns: [],
      strengthOf: () => undefined,
      isOfLevel: () => false,
    } as const;
    const filter = onlyChosen([1, 3]);
    expect(listedImages(images, { ...listing, filter }).map((one) => one.image)).toEqual([1, 3]);
  });
});

describe('a choice', () => {
  it('takes images on and off together', () => {
    const some = withImages(NONE_CHOSEN, [1, 2]);
    expect([...toggled(some, [2, 3])]).toEqual([1, 2, 3]);
    expect([...toggled(some, [2])]).toEqual([1]);
    expect([...some]).toEqual([1, 2]);
  });
});
