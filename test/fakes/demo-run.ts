import type { ConceptItem, ImageDetail, RunImage, RunResult, Waterfall } from '../../main/api/contract.ts';

/** The fixture demo-run.json; see its SOURCE.md. */
export interface DemoRun {
  readonly className: string;
  readonly layer: Omit<RunResult['layer'], 'kind' | 'grid'> & { kind: string; grid: number[] };
  readonly reconstruction: RunResult['reconstruction'];
  readonly factorization: { method: string; status: string; rows: number };
  readonly importance: { design: string; samples: number; replicates: number; method: string };
  readonly images: readonly {
    readonly file: string;
    readonly predicted: { index: number; name: string; probability: number };
    readonly logit: number;
    readonly reconstructedLogit: number;
    readonly agrees: boolean;
  }[];
  readonly concepts: readonly {
    readonly id: string;
    readonly name: string;
    readonly importance: ConceptItem['importance'];
    readonly tier: number;
    readonly prevalence: number;
  }[];
  readonly maxima: readonly number[];
  readonly imageImportance: readonly (readonly number[])[];
  readonly coefficients: string;
}

const SIDE = 128;
const PATCH = 36;

/** Reads the fixture the way a view asks for it. */
export function readDemoRun(run: DemoRun) {
  const bytes = Uint8Array.from(atob(run.coefficients), (char) => char.charCodeAt(0));
  const [rows, columns] = run.layer.grid;
  const positions = rows * columns;
  const r = run.concepts.length;
  const coefficient = (image: number, position: number, concept: number): number =>
    (bytes[(image * positions + position) * r + concept] / 255) * run.maxima[concept];
  const valuesOf = (image: number, concept: number): number[] =>
    Array.from({ length: positions }, (_, position) => coefficient(image, position, concept));

  const boxOf = (position: number): readonly [number, number, number, number] => {
    const corner = (index: number, count: number): number =>
      Math.round(Math.min(SIDE - PATCH, Math.max(0, ((index + 0.5) * SIDE) / count - PATCH / 2)));
    return [corner(position % columns, columns), corner(Math.floor(position / columns), rows), PATCH, PATCH];
  };

  /** Every place of a concept, strongest first. */
  const placesOf = (concept: number, places: 'all' | 'strongest') => {
    const all = run.images.flatMap((_, image) => {
      const here = valuesOf(image, concept)
        .map((value, position) => ({ image, position, value }))
        .filter(({ value }) => value > 0)
        .sort((a, b) => b.value - a.value);
      return places === 'all' ? here : here.slice(0, 1);
    });
    return all.sort((a, b) => b.value - a.value);
  };

  const images: readonly RunImage[] = run.images.map(({ file, predicted, agrees }, image) => ({
    image,
    fileName: file.split('/').at(-1)!,
    picture: `img:${file}`,
    folder: file.split('/')[0],
    predicted,
    runnerUp: { index: 0, name: 'barn', probability: 1 - predicted.probability },
    expected: { index: 2, name: 'house' },
    isExplained: true,
    agrees,
    change: null,
  }));

  const detailOf = (image: number, method: string): ImageDetail => {
    const { file, predicted, logit, reconstructedLogit, agrees } = run.images[image];
    return {
      image,
      fileName: file.split('/').at(-1)!,
      path: `/pictures/${file}`,
      picture: `img:${file}`,
      side: SIDE,
      predicted,
      runnerUp: images[image].runnerUp,
      expected: { index: 2, name: 'house' },
      isExplained: true,
      logit,
      reconstructedLogit,
      agrees,
      method,
      standInReason: null,
      methods: [
        { id: 'coefficients', title: 'Amount', description: 'Coefficients of the layer, enlarged' },
        { id: 'gradient', title: 'Gradient', description: 'Gradient through the factorisation' },
      ],
      maps: run.concepts.map(({ id }, concept) => ({
        concept: id,
        grid: [rows, columns],
        values: valuesOf(image, concept).map((v) =>
          method === 'gradient' ? v - run.maxima[concept] / 4 : v,
        ),
      })),
      scaleMaximum: Math.max(...run.maxima),
      scaleOf: method === 'coefficients' ? 'run' : 'image',
      own: [],
      localImportance: Object.fromEntries(
        run.concepts.map(({ id }, i) => [id, run.imageImportance[image][i]]),
      ),
    };
  };

  const waterfallOf = (image: number): Waterfall => {
    const { logit, reconstructedLogit } = run.images[image];
    const baseline = -1.8;
    const total = run.imageImportance[image].reduce((sum, value) => sum + value, 0);
    const signs = [1, 1, -0.35, 1, 1, -1, 1, 1, 1, 1];
    const raw = run.imageImportance[image].map((value, i) => (signs[i] * value) / total);
    const scale = (reconstructedLogit - baseline) / raw.reduce((sum, value) => sum + value, 0);
    return {
      baseline,
      steps: run.concepts.map(({ id }, i) => ({ concept: id, change: raw[i] * scale })),
      unexplained: logit - reconstructedLogit,
      logit,
    };
  };

  const strengths = run.concepts.map((_, concept) =>
    run.images.map((_, image) => Math.max(...valuesOf(image, concept))),
  );
  const cropId = (image: number, position: number): string =>
    `crop:${run.images[image].file}:${boxOf(position).join(',')}`;
  const coverOf = (concept: number): string[] =>
    placesOf(concept, 'strongest')
      .slice(0, 6)
      .map(({ image, position }) => cropId(image, position));

  return { run, images, strengths, placesOf, boxOf, cropId, coverOf, detailOf, waterfallOf };
}

export type DemoRunReader = ReturnType<typeof readDemoRun>;
