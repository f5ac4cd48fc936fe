import type { Concept, Explanation } from '../../concepts/explanation.ts';
import type { StoredOwnConcept } from '../../concepts/own/own-concept.ts';
import { matrix } from '../../linalg/matrix.ts';
import { loadOwnConcepts } from '../../project/own-concepts-file.ts';
import type { Project } from '../../project/project-folder.ts';
import type { NotesFile } from '../../project/run-notes.ts';
import type { RunFile } from '../../project/schema.ts';
import { ownInWords } from '../../report/own-in-words.ts';
import type { ReportData } from '../../report/report-data.ts';
import { assemblePictures, type PictureOptions } from '../../report/report-pictures.ts';
import type { CoefficientMap } from '../../report/rgb-picture.ts';
import { gridMap } from '../report-maps.ts';

/** The own concepts of a run for its report, in words and pictures. */
export async function ownForReport(
  project: Project,
  run: RunFile,
  { notes, explanation }: { readonly notes: NotesFile; readonly explanation: Explanation },
  source: Pick<PictureOptions, 'codec' | 'loadImage' | 'frame'>,
): Promise<Required<Pick<ReportData, 'ownConcepts' | 'pictures'>>> {
  const stored = (await loadOwnConcepts(project, run)).filter(
    ({ concept }) => !notes.hidden.includes(concept.id),
  );
  const pictures = await assemblePictures({
    ...source,
    explanation: { ...explanation, concepts: stored.map(({ concept }) => asConcept(concept)) },
    mapOf: (rank, image) => ownMap(explanation, stored[rank], image),
  });
  return {
    ownConcepts: stored.map(({ concept }) => ownInWords(concept, { ...explanation, runId: run.id }, notes)),
    pictures,
  };
}

/** How much of an own concept is where in an explained image; undefined where the layer has no grid. */
export function ownMap(
  { layer }: Pick<Explanation, 'layer'>,
  { tensors }: StoredOwnConcept,
  image: number,
): CoefficientMap | undefined {
  const amounts = tensors.amounts[image];
  return gridMap(layer, matrix(amounts.length, 1, amounts), 0);
}

/** As the run's own concepts are, without what only ranked ones have. */
function asConcept({ id, name, importance, prevalence, crops }: StoredOwnConcept['concept']): Concept {
  return { id, name, importance, prevalence, crops, tier: 0 };
}
