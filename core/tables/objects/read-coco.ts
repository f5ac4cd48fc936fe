import { z } from 'zod';
import { TesseraError } from '../../errors.ts';
import {
  insideBox,
  insidePolygons,
  insideRuns,
  type MarkedObject,
  type MarkedPicture,
} from './marked-picture.ts';

const RUNS = z.object({
  counts: z.union([z.string(), z.array(z.number())]),
  size: z.tuple([z.int(), z.int()]),
});
const COCO = z.object({
  images: z.array(
    z.object({
      id: z.union([z.number(), z.string()]),
      file_name: z.string(),
      width: z.number(),
      height: z.number(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: z.union([z.number(), z.string()]),
      category_id: z.union([z.number(), z.string()]).optional(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      segmentation: z.union([z.array(z.array(z.number())), RUNS]).optional(),
    }),
  ),
  categories: z.array(z.object({ id: z.union([z.number(), z.string()]), name: z.string() })).default([]),
});
type Annotation = z.infer<typeof COCO>['annotations'][number];

/**
 * Reads marks in COCO's JSON: polygons and masks where there are some, else boxes (left, top, width, height).
 * Throws TesseraError 'bad-table' naming the first field that is wrong.
 */
export function readCoco(json: unknown, file: string): MarkedPicture[] {
  const parsed = COCO.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new TesseraError(
      'bad-table',
      `${file} is not in COCO's form: ${path.join('.') || 'it'}: ${message}.`,
      {
        hint: 'Expected: {"images": [{"id", "file_name", "width", "height"}], "annotations": [{"image_id", "bbox" or "segmentation"}], "categories": […]}.',
      },
    );
  }
  const { images, annotations, categories } = parsed.data;
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const objects = new Map<string | number, MarkedObject[]>();
  for (const annotation of annotations) {
    const isInside = areaOf(annotation);
    if (isInside === undefined) continue;
    const own = objects.get(annotation.image_id) ?? [];
    own.push({ name: names.get(annotation.category_id ?? '') ?? 'object', isInside });
    objects.set(annotation.image_id, own);
  }
  return images.map(({ id, file_name, width, height }) => ({
    ...{ file: file_name, width, height },
    objects: objects.get(id) ?? [],
  }));
}

function areaOf({ bbox, segmentation }: Annotation): MarkedObject['isInside'] | undefined {
  if (Array.isArray(segmentation) && segmentation.length > 0) return insidePolygons(segmentation);
  if (segmentation !== undefined && !Array.isArray(segmentation)) {
    const { counts, size } = segmentation;
    return insideRuns(typeof counts === 'string' ? unpacked(counts) : counts, ...size);
  }
  if (bbox === undefined) return undefined;
  const [left, top, width, height] = bbox;
  return insideBox(left, top, left + width, top + height);
}

/**
 * Lengths of runs from COCO's packed text: five bits a letter from "0" on, a sixth says that more follow, and from the
 * fourth length on what is written is the difference to the length before the last. Source: cocoapi, maskApi.c, rleFrString.
 */
function unpacked(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length;) {
    let [value, shift, letter] = [0, 0, 0];
    do {
      letter = text.charCodeAt(at++) - 48;
      value |= (letter & 0x1f) << shift;
      shift += 5;
    } while ((letter & 0x20) !== 0 && at < text.length);
    if ((letter & 0x10) !== 0) value |= -1 << shift;
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value);
  }
  return counts;
}
