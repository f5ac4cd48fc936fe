import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_OPTIONS } from '../../core/concepts/run-options.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { reopenModel } from '../../core/pipeline/reopen-model.ts';
import { simulateNew } from '../../core/pipeline/study/run-simulation.ts';
import type { OpenRunModel } from '../../core/pipeline/study/study-runs.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { analyseStudy } from '../../core/study/analysis/analyse-study.ts';
import type { StudyFigure } from '../../core/study/analysis/study-figure.ts';
import type { ReaderName } from '../../core/study/simulated/reader.ts';
import { fixed, intervalText, percentText } from '../../core/wording/number-text.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';
import { explainOptions } from '../core/pipeline/explain-options.ts';
import { houseStamps, withStamp } from '../main/cli/stamped-scenes.ts';
import type { Bench } from './run.ts';

/*
 * Does a reader who only uses what is shown find the demo's stamp? Houses as they are, and barns and trees of which every
 * other one carries a stamp: with few exceptions the stamp alone says whether the model calls a picture "house", so that who
 * finds it predicts the model. Further words are seeds; each draws other pictures and other readers.
 */

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const CONDITIONS = ['control', 'saliency', 'grad-cam', 'concepts', 'concept-maps'];
const CONTRAST = { condition: 'concept-maps', against: 'grad-cam' };
const READERS: readonly ReaderName[] = ['logistic', 'nearest'];
const PARTICIPANTS = Number(process.env['PARTICIPANTS'] ?? 20);
const environment = createNodeEnvironment();

async function writeScenes(folder: string): Promise<string> {
  const stamps = await houseStamps();
  for (const name of ['house', 'barn', 'tree']) {
    await mkdir(path.join(folder, name), { recursive: true });
    for (let i = 0; i < 40; i++) {
      const number = String(i).padStart(2, '0');
      const scene = path.join(DEMO, 'images', name, `${number}.jpg`);
      if (name === 'house' || i % 2 === 0) await copyFile(scene, path.join(folder, name, `${number}.jpg`));
      else
        await writeFile(
          path.join(folder, name, `${number}.png`),
          await withStamp(scene, stamps[i % stamps.length]),
        );
    }
  }
  return folder;
}

async function explained(folder: string): Promise<Project> {
  const images = [await writeScenes(path.join(folder, 'images'))];
  const intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  const device = await environment.openDevice('cpu');
  const project = await openOrCreateProject(environment, path.join(folder, 'demo.tessera'), intake, images);
  const scope = { environment, device, intake, project, onProgress: () => undefined, signal: undefined };
  const options = { ...DEFAULT_OPTIONS, model: intake.path, images, class: 'house', device: 'cpu' as const };
  return (await explainOptions(scope, options)).project;
}

async function rowsOf(project: Project, reader: ReaderName, seed: number): Promise<string[]> {
  const openRun: OpenRunModel = async (run) => ({
    environment,
    device: await environment.openDevice('cpu'),
    intake: await reopenModel((file, options) => openModel(environment.storage, file, options), project, run),
  });
  const { frozen, data } = await simulateNew(
    { environment, project, openModel: openRun },
    {
      kind: 'utility',
      runs: [project.file.runs.at(-1)!],
      conditions: CONDITIONS,
      contrast: CONTRAST,
      sizes: { sessions: 3, train: 6, test: 10 },
      seed,
    },
    { participants: PARTICIPANTS, readers: [reader], seed },
  );
  const { figures } = analyseStudy(frozen, data);
  if (figures.kind !== 'utility') return [];
  const primary = figures.contrasts.find(({ isPrimary }) => isPrimary)!;
  return [
    `seed ${seed}, ${reader}: ${figures.conditions.map(({ condition, accuracy }) => `${condition} ${shareText(accuracy)}`).join(', ')}`,
    `  ${primary.condition} - ${primary.against}: ${pointsText(primary.difference)}, p = ${primary.adjusted === null ? 'not known' : fixed(primary.adjusted, 4)}`,
  ];
}

function shareText({ value, interval }: StudyFigure): string {
  if (value === null) return 'not known';
  return `${percentText(value)} (${interval === null ? 'no interval' : intervalText(interval)})`;
}

function pointsText({ value, interval }: StudyFigure): string {
  if (value === null) return 'not known';
  const ends =
    interval === null ? 'no interval' : `${fixed(100 * interval.low, 1)} to ${fixed(100 * interval.high, 1)}`;
  return `${fixed(100 * value, 1)} points (${ends})`;
}

const bench: Bench = {
  name: 'a study of the stamp, answered by simulated participants',
  async run(given) {
    const folder = await mkdtemp(path.join(tmpdir(), 'tessera-study-bench-'));
    try {
      const project = await explained(folder);
      const rows: string[] = [];
      for (const seed of given.length > 0 ? given.map(Number) : [1])
        for (const reader of READERS) rows.push(...(await rowsOf(project, reader, seed)));
      return rows;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

export default bench;
