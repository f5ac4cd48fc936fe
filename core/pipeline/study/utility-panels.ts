import { MAP_METHODS } from '../../attribution/methods.ts';
import type { Concept } from '../../concepts/explanation.ts';
import { toInputTensor, fitOf } from '../../images/preprocessing.ts';
import type { RgbImage } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import { overlayMap, type CoefficientMap } from '../../report/rgb-picture.ts';
import type { Look } from '../../study/draw/near-duplicates.ts';
import type { AmountRow, Panel } from '../../study/study.ts';
import type { Tensor } from '../../tensor.ts';
import { readPicture, wasChanged } from '../pictures.ts';
import { conceptFigures, galleries, openConceptDrawing, shownConcepts } from './concept-panels.ts';
import type { PictureMaker } from './picture-maker.ts';
import { openScoreMapper } from './score-mapper.ts';
import { isTargetMethod } from './study-conditions.ts';
import type { SourceRun } from './study-runs.ts';
import type { RunCandidate, StudyWork } from './utility-candidates.ts';

/** Concepts in the legend: of one run, and of each of two. */
const LEGEND_CONCEPTS = [6, 4];
/** Concepts drawn over a picture: those that add or take most. */
const DRAWN_CONCEPTS = 3;
/** Share of the values of maps on one scale that lie under its bright end: single pixels must not set it. */
const SCALE_SHARE = 0.995;

/** A picture that is learnt from. */
export interface LearntPicture {
  readonly candidate: RunCandidate;
  readonly framed: RgbImage;
}

/** What each condition shows: of each learnt picture, and all the time. */
export interface UtilityPanels {
  /** In the order of the learnt pictures. */
  readonly shown: readonly Readonly<Record<string, readonly Panel[]>>[];
  readonly legend: Readonly<Record<string, readonly Panel[]>>;
}

/** Who makes panels, from what. */
export interface PanelSource {
  readonly project: Project;
  /** One run, or one for each of the answers. */
  readonly sources: readonly SourceRun[];
  readonly maker: PictureMaker;
  /** Looks of the pictures that are predicted later. */
  readonly tested: readonly Look[];
}

/**
 * Draws what every condition shows of every learnt picture. A map method shows the explained score (with two runs that of the
 * answer's class); maps of one condition, or of one concept, share a scale, so that a bright place means as much everywhere.
 * Concepts are shown by galleries, and with `concept-maps` by their amounts, by what they add to the score of the first answer,
 * and by maps of those that matter most in the picture.
 */
export async function utilityPanels(
  from: PanelSource,
  conditions: readonly string[],
  learnt: readonly LearntPicture[],
  work: StudyWork,
): Promise<UtilityPanels> {
  const shown = learnt.map((): Record<string, readonly Panel[]> => ({}));
  const legend: Record<string, readonly Panel[]> = {};
  const inputs = await inputsOf(from.sources[0], learnt);
  const conceptGalleries = conditions.some((name) => name.startsWith('concept')) ? await legendOf(from) : [];
  for (const condition of conditions) {
    legend[condition] = condition.startsWith('concept') ? conceptGalleries : [];
    const drawn = isTargetMethod(condition)
      ? await scorePanels(from, condition, learnt, inputs, work)
      : condition === 'concept-maps'
        ? await conceptPanels(from, learnt, inputs, work)
        : learnt.map(() => []);
    drawn.forEach((panels, at) => (shown[at][condition] = panels));
  }
  return { shown, legend };
}

async function inputsOf(
  { scope: { environment, intake } }: SourceRun,
  learnt: readonly LearntPicture[],
): Promise<Tensor<'float32'>[]> {
  const { preprocessing } = intake.preprocessing;
  const inputs: Tensor<'float32'>[] = [];
  for (const { candidate } of learnt) {
    const read = await readPicture(environment.codec, candidate.file, fitOf(preprocessing));
    if ('reason' in read) throw wasChanged(candidate.file.path);
    inputs.push(toInputTensor([read], preprocessing));
  }
  return inputs;
}

function namedBy(source: SourceRun, isOneOfTwo: boolean): (concept: Concept) => string {
  const { className } = source.run.explanation;
  return ({ name }) => (isOneOfTwo ? `${className}: ${name}` : name);
}

function conceptsOf({ sources }: PanelSource, source: SourceRun): Concept[] {
  return shownConcepts(source, LEGEND_CONCEPTS[sources.length - 1]);
}

async function legendOf(from: PanelSource): Promise<Panel[]> {
  const panels: Panel[] = [];
  for (const source of from.sources) {
    const titleOf = namedBy(source, from.sources.length > 1);
    panels.push(...(await galleries(from.project, source, conceptsOf(from, source), { ...from, titleOf })));
  }
  return panels;
}

/** A map by its scale, to be laid over a learnt picture. */
interface RawMap {
  readonly at: number;
  readonly scale: string;
  readonly title: string;
  readonly map: CoefficientMap;
}

async function scorePanels(
  { sources, maker }: PanelSource,
  method: keyof typeof MAP_METHODS & Parameters<ReturnType<typeof openScoreMapper>['map']>[0],
  learnt: readonly LearntPicture[],
  inputs: readonly Tensor<'float32'>[],
  { onProgress, signal }: StudyWork,
): Promise<Panel[][]> {
  const mappers = sources.map(({ scope, run }) => openScoreMapper(scope, run.explanation.layer));
  const maps: RawMap[] = [];
  try {
    for (const [at, { candidate }] of learnt.entries()) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'study-panels', done: at, total: learnt.length });
      const mapper = mappers[sources.length > 1 ? candidate.answer : 0];
      const values = await mapper.map(method, inputs[at]);
      maps.push({ at, scale: method, title: MAP_METHODS[method].title, map: { values, grid: mapper.size } });
    }
  } finally {
    for (const mapper of mappers) await mapper.dispose();
  }
  return overlaid(maker, learnt, maps, MAP_METHODS[method].isSigned);
}

async function conceptPanels(
  from: PanelSource,
  learnt: readonly LearntPicture[],
  inputs: readonly Tensor<'float32'>[],
  work: StudyWork,
): Promise<Panel[][]> {
  const { sources, maker } = from;
  const files = learnt.map(({ candidate }) => candidate.file);
  const rows = learnt.map((): AmountRow[] => []);
  const maps: RawMap[] = [];
  let isSigned = false;
  const bySource = await Promise.all(
    sources.map((source, side) =>
      conceptFigures(
        source,
        conceptsOf(from, source),
        files,
        { sign: side === 0 ? 1 : -1, nameOf: namedBy(source, sources.length > 1) },
        work,
      ),
    ),
  );
  for (const [side, source] of sources.entries()) {
    const drawing = openConceptDrawing(source);
    isSigned = MAP_METHODS[drawing.method].isSigned;
    try {
      for (const [at, file] of files.entries()) {
        work.signal?.throwIfAborted();
        work.onProgress?.({ stage: 'study-panels', done: at, total: files.length });
        const own = bySource[side].rowsOf(file.path);
        rows[at].push(...own);
        const strong = strongestRows(own, Math.ceil(DRAWN_CONCEPTS / sources.length));
        if (strong.length === 0) continue;
        const columns = strong.map(({ concept }) => drawing.columnOf(concept));
        const drawn = await drawing.mapper.maps(drawing.method, inputs[at], columns, work.signal);
        drawn.forEach((values, i) =>
          maps.push({
            at,
            scale: `${side} ${strong[i].concept}`,
            title: strong[i].name,
            map: { values, grid: drawing.mapper.sources.size },
          }),
        );
      }
    } finally {
      await drawing.mapper.dispose();
    }
  }
  const panels = await overlaid(maker, learnt, maps, isSigned);
  return panels.map((own, at) => [
    ...own,
    { kind: 'amounts', title: 'Concepts in this picture', rows: rows[at] },
  ]);
}

/** The rows that add or take most, of those that are there at all. */
function strongestRows(rows: readonly AmountRow[], most: number): AmountRow[] {
  return rows
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0))
    .slice(0, most);
}

/** The maps over their pictures, those of one scale with one bright end. */
async function overlaid(
  maker: PictureMaker,
  learnt: readonly LearntPicture[],
  maps: readonly RawMap[],
  isSigned: boolean,
): Promise<Panel[][]> {
  const panels = learnt.map((): Panel[] => []);
  const scales = [...new Set(maps.map(({ scale }) => scale))];
  const brightest = new Map(
    scales.map((scale) => [
      scale,
      brightEnd(
        maps.filter((one) => one.scale === scale),
        isSigned,
      ),
    ]),
  );
  for (const { at, scale, title, map } of maps) {
    const picture = overlayMap(learnt[at].framed, map, brightest.get(scale)!, isSigned);
    panels[at].push({
      kind: 'map',
      title,
      picture: await maker.keep(picture, `Map over the picture: ${title}`),
    });
  }
  return panels;
}

function brightEnd(maps: readonly RawMap[], isSigned: boolean): number {
  const values = maps.flatMap(({ map }) =>
    [...map.values].map((value) => (isSigned ? Math.abs(value) : value)),
  );
  const sorted = Float32Array.from(values).sort();
  const quantile = sorted[Math.floor(SCALE_SHARE * (sorted.length - 1))];
  return quantile > 0 ? quantile : (sorted.at(-1) ?? 0);
}
