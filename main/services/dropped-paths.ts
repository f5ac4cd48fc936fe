import type { Storage } from '../../core/platform.ts';

/** What a person gave, by what it is for. */
export interface DroppedPaths {
  readonly project: string | undefined;
  readonly model: string | undefined;
  readonly labels: string | undefined;
  /** Folders and pictures. */
  readonly images: readonly string[];
}

const PROJECT_FILE = 'project.json';
const SHORTCUT = /\.tesseraproject$/i;

/**
 * Sorts paths by what they are: a project folder (or its project.json or .tesseraproject), a model, a labels file (.txt, .json, .csv), else
 * pictures. A folder with a single .onnx file right inside gives the model too, unless one was given by itself. A model's
 * card and weights are left aside: they are found beside it.
 */
export async function sortDropped(storage: Storage, paths: readonly string[]): Promise<DroppedPaths> {
  const sorted = { project: undefined, model: undefined, labels: undefined, images: [] as string[] } as {
    project: string | undefined;
    model: string | undefined;
    labels: string | undefined;
    images: string[];
  };
  const names = paths.map((path) => storage.basename(path));
  for (const path of paths.map((given) => storage.resolve(given))) {
    const entries = await storage.list(path).catch(() => undefined);
    const name = storage.basename(path);
    if (entries?.some((entry) => entry.name === PROJECT_FILE) === true) sorted.project = path;
    else if (entries === undefined && (name === PROJECT_FILE || SHORTCUT.test(name)))
      sorted.project = storage.dirname(path);
    else if (entries === undefined && MODEL.test(name)) sorted.model = path;
    else if (entries === undefined && isBesideModel(name, names)) continue;
    else if (entries === undefined && /\.(txt|json|csv)$/i.test(name)) sorted.labels = path;
    else sorted.images.push(path);
    const models = entries?.filter((entry) => entry.kind === 'file' && /\.onnx$/i.test(entry.name)) ?? [];
    if (sorted.project === undefined && models.length === 1)
      sorted.model ??= storage.join(path, models[0].name);
  }
  return sorted;
}

/** Is the file a card or the weights of one of the models among the names? */
function isBesideModel(name: string, names: readonly string[]): boolean {
  const models = names.filter((other) => MODEL.test(other)).map((other) => other.replace(MODEL, ''));
  const isCard = name === 'card.json' || models.some((model) => name === `${model}.json`);
  return models.length > 0 && (isCard || /[.](data|onnx_data)$/i.test(name));
}

/** Models, also of formats that are refused: the refusal then tells what to do. */
const MODEL = /\.(onnx|pt|pth|pb|h5|keras|tflite|safetensors|pkl|ckpt)$/i;
