import { scanImages } from '../../core/images/folder-scan.ts';
import { previewSample } from '../../core/images/preview-sample.ts';
import { comparePresets, type PresetScore } from '../../core/pipeline/compare-presets.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import type { ModelIntake } from '../../core/pipeline/model-intake.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { labelShiftText } from '../../core/wording/label-words.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** Pictures on which presets are compared. */
const COMPARED = 32;

/** What pictures say of a model's preprocessing and labels: the fields that `inspect --images` adds. */
export interface ImageFindings {
  /** The images that the model was asked about. */
  readonly images: number;
  /** Best first, see {@link PresetScore}. */
  readonly preprocessings: readonly PresetScore[];
  /** Where names fit the folders better when they are moved by one. */
  readonly labelShift: {
    readonly shift: string;
    readonly known: number;
    readonly hits: number;
    readonly shiftedHits: number;
  } | null;
}

/** Tries every preset on some pictures of folders. Throws 'no-images' as the scan. */
export async function inspectImages(
  environment: Environment,
  intake: ModelIntake,
  roots: readonly string[],
): Promise<ImageFindings> {
  const { images } = await scanImages(environment.storage, roots);
  const chosen = previewSample(images, COMPARED).map((index) => images[index]);
  const { presets, shift } = await comparePresets(environment, intake, chosen);
  return { images: chosen.length, preprocessings: presets, labelShift: shift ?? null };
}

/** The findings as lines; `inUse` is the preset in use, if it is one. */
export function imageFindingsText(
  { images, preprocessings, labelShift }: ImageFindings,
  inUse: string | undefined,
): string[] {
  const rows = preprocessings.map(({ preset, hitRate, confidence, proposed }) => [
    proposed ? '→' : ' ',
    preset,
    hitRate === null ? '–' : percentText(hitRate),
    percentText(confidence),
  ]);
  const [best] = preprocessings;
  return [
    ...table([[' ', 'preprocessing', 'right, by folder', 'mean top probability'], ...rows]),
    '',
    best === undefined
      ? 'Nothing to compare: no image could be read, or the model has no classes.'
      : adviceText(best, images, inUse ?? 'as found'),
    ...(labelShift === null ? [] : [`${labelShiftText(labelShift)} See --label-shift ${labelShift.shift}.`]),
  ];
}

function adviceText({ preset, proposed }: PresetScore, images: number, inUse: string): string {
  const on = `on ${countOf(images, 'image')}`;
  if (!proposed)
    return `Folders name fewer than two classes, so nothing says which is right ${on}: larger values make any model surer.`;
  return preset === inUse
    ? `→ what is in use is right most often ${on}`
    : `→ proposed, as it is right most often ${on}: --preprocessing ${preset}`;
}
