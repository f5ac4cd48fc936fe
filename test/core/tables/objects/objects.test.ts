import { describe, expect, it } from 'vitest';
import { objectCover } from '../../../../core/tables/objects/object-cover.ts';
import { looksLikeCoco, looksLikeVoc } from '../../../../core/tables/objects/looks-like-marks.ts';
import { objectShares } from '../../../../core/tables/objects/object-shares.ts';
import { readCoco } from '../../../../core/tables/objects/read-coco.ts';
import { readVoc } from '../../../../core/tables/objects/read-voc.ts';

const coco = (annotation: object) =>
  readCoco(
    {
      images: [{ id: 7, file_name: 'a/1.jpg', width: 4, height: 3 }],
      annotations: [{ image_id: 7, category_id: 1, ...annotation }],
      categories: [{ id: 1, name: 'bird' }],
    },
    'marks.json',
  )[0];
/** The pixels of a picture whose middle is inside, a row a line. */
const pixels = ({ width, height, objects }: ReturnType<typeof coco>): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (objects[0].isInside(x + 0.5, y + 0.5) ? '#' : '.')).join(''),
  );

describe('readCoco()', () => {
  it.each([
    ['a box', { bbox: [1, 0, 2, 2] }, ['.##.', '.##.', '....']],
    ['a polygon', { bbox: [0, 0, 4, 3], segmentation: [[1, 0, 3, 0, 3, 2, 1, 2]] }, ['.##.', '.##.', '....']],
    [
      'two polygons',
      {
        segmentation: [
          [0, 0, 1, 0, 1, 1, 0, 1],
          [3, 2, 4, 2, 4, 3, 3, 3],
        ],
      },
      ['#...', '....', '...#'],
    ],
    [
      'runs down the columns',
      { segmentation: { counts: [3, 2, 1, 2, 4], size: [3, 4] } },
      ['.##.', '.##.', '....'],
    ],
    // As pycocotools packs the runs 3 2 1 2 4: differences to the length before the last from the fourth on.
    ['packed runs', { segmentation: { counts: '32103', size: [3, 4] } }, ['.##.', '.##.', '....']],
  ])('reads %s', (_, annotation, expected) => {
    const picture = coco(annotation);
    expect(picture).toMatchObject({ file: 'a/1.jpg', width: 4, height: 3, objects: [{ name: 'bird' }] });
    expect(pixels(picture)).toEqual(expected);
  });

  it('says which field is wrong', () => {
    expect(() => readCoco({ images: [{ id: 1 }], annotations: [] }, 'm.json')).toThrow(
      /^m.json is not in COCO's form: images.0.file_name: /,
    );
  });
});

describe('looksLikeCoco() and looksLikeVoc()', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  it('tell marks from tables, cards and lists, however far apart the keys are', () => {
    const far = `\ufeff {"images": [${'1,'.repeat(1.2e6)}1], "annotations": []}`;
    expect(looksLikeCoco(bytes(far))).toBe(true);
    const others = [
      '[{"images": 1, "annotations": 2}]',
      '{"labels": ["images"]}',
      'file,"images","annotations"',
    ];
    expect(others.map((text) => looksLikeCoco(bytes(text)))).toEqual([false, false, false]);
    expect(looksLikeVoc(bytes('<?xml version="1.0"?>\n<annotation verified="yes">'))).toBe(true);
    expect(looksLikeVoc(bytes('<svg></svg>'))).toBe(false);
  });
});

describe('readVoc()', () => {
  const xml = (objects: string) =>
    `<?xml version="1.0"?><annotation><folder>x</folder><filename>1.jpg</filename><size><width>4</width><height>3</height><depth>3</depth></size>${objects}</annotation>`;
  const object = (name: string, box: readonly number[]) =>
    `<object><name>${name}</name><part><name>head</name><bndbox><xmin>9</xmin></bndbox></part><bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`;

  it('reads boxes whose corners are counted from 1', () => {
    const picture = readVoc(
      xml(object('dog &amp; cat', [2, 1, 3, 2]) + object('dog', [1, 1, 1, 1])),
      '1.xml',
    );
    expect(picture.objects.map(({ name }) => name)).toEqual(['dog & cat', 'dog']);
    expect(pixels(picture)).toEqual(['.##.', '.##.', '....']);
    expect(readVoc(xml(''), '1.xml').objects).toEqual([]);
  });

  it('says what is wrong', () => {
    expect(() => readVoc('<annotation><filename>1.jpg</filename></annotation>', 'a.xml')).toThrow(
      'a.xml: it has no filename or size.',
    );
    expect(() => readVoc('<annotation><filename>', 'a.xml')).toThrow(/^a.xml: /);
    expect(() => readVoc(xml('<object><name>x</name></object>'), 'a.xml')).toThrow(
      'a.xml: an object has no bndbox of four numbers.',
    );
  });
});

describe('objectCover()', () => {
  const left = [{ name: 'left half', isInside: (x: number) => x >= 0 && x < 100 }];
  const cover = (
    preprocessing: Parameters<typeof objectCover>[2],
    grid: readonly [number, number] = [1, 4],
  ) => [...objectCover({ width: 200, height: 100 }, left, preprocessing, grid)];

  it('follows a picture into the frame: squeezed, cut out of the middle, or with a rim', () => {
    expect(cover({ size: 64, fit: 'stretch' })).toEqual([1, 1, 0, 0]);
    expect(cover({ size: 64, fit: 'cover' })).toEqual([1, 1, 0, 0]);
    // A quarter of the picture's width is seen: half of it left of the middle, of 50 pixels.
    expect(cover({ size: 64, fit: 'cover', resizeShort: 128 }, [1, 2])).toEqual([1, 0]);
    // Above and below the picture nothing is.
    expect([
      ...objectCover(
        { width: 200, height: 100 },
        [{ name: 'all', isInside: (x, y) => x >= 0 && x < 200 && y >= 0 && y < 100 }],
        { size: 64, fit: 'contain' },
        [4, 1],
      ),
    ]).toEqual([0, 1, 1, 0]);
  });
});

describe('objectShares()', () => {
  it('tells the share of an amount inside from the room that objects take', () => {
    const cover = Float64Array.of(1, 0.5, 0, 0);
    const image = (tilt: number) => ({
      amounts: { cols: 2, data: [3 + tilt, 1, 0, 1, 1, 1, 0, 1] },
      cover,
    });
    const [seeks, everywhere] = objectShares([0, 0.1, 0.2, -0.1, -0.2].map(image));
    expect(seeks.inside).toBeCloseTo(0.75, 2);
    expect(seeks.area).toBeCloseTo(0.375, 12);
    expect(seeks.low).toBeGreaterThan(0.3);
    expect(everywhere).toMatchObject({ images: 5, inside: 0.375, difference: 0, low: 0, high: 0 });
    expect(objectShares([image(0)])).toEqual([]);
  });
});
