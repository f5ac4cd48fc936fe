import { MAP_METHODS, MAP_METHOD_NAMES, type MapMethod } from '../../../core/attribution/methods.ts';
import { headOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import { TesseraError } from '../../../core/errors.ts';
import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { coefficientMap } from '../../../core/pipeline/report-maps.ts';
import { quantile } from '../../../core/sensitivity/bootstrap.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type {
  ConceptMap,
  ImageDetail,
  MapMethod as MethodChoice,
  OwnConceptMap,
} from '../../api/contract.ts';
import { expectedClasses } from '../expected-class.ts';
import { pictureId } from '../picture-ids.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { WithHead } from './masked-heads.ts';
import { answerInWords } from './image-answers.ts';
import type { Examiner } from './examined-images.ts';
import type { DrawMaps } from './method-maps.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

/** The layer's own grid, from the run itself; every other method draws pixels when it is first asked for. */
const COEFFICIENTS = {
  id: 'coefficients',
  title: 'Amount',
  description: 'how much of the concept is at each position of the layer: its coefficients',
} as const satisfies MethodChoice;

/** Sharper than the layer's grid, and bright only where the concept is. */
const USUAL: MapMethod = 'gated-gradient';

const METHODS: readonly MethodChoice[] = [
  COEFFICIENTS,
  ...MAP_METHOD_NAMES.filter((id) => MAP_METHODS[id].needs !== 'coefficients').map((id) => ({
    id,
    title: MAP_METHODS[id].title,
    description: MAP_METHODS[id].meaning,
  })),
];

/** Share of the values that lie under the bright end of a scale: single pixels must not set it. */
const SCALE_SHARE = 0.995;

/** Jobs about single images of a run. */
export function imageJobs(
  { storage }: Environment,
  openRun: OpenRun,
  withHead: WithHead,
  drawMaps: DrawMaps,
  examiner: Examiner,
): Jobs<'readImage' | 'waterfall'> {
  return {
    async readImage({ image, method, ...question }, context) {
      const opened = await openRun(question);
      const { explanation, preprocessing } = opened;
      const {
        file: { path },
        answer,
      } = opened.pictureAt(image);
      const examined = await examiner.one(opened, image);
      const drawn = await mapsOf(
        drawMaps,
        opened,
        { image, coefficients: examined.coefficients },
        method,
        context,
      );
      return {
        image,
        fileName: shownName(storage.basename(path)),
        path,
        picture: pictureId({ kind: 'image', project: question.key, run: question.runId, image }),
        side: preprocessing.size,
        ...answerInWords(opened, answer, expectedClasses(opened.names)(path)),
        isExplained: image < explanation.images.length,
        logit: examined.logit,
        reconstructedLogit: examined.reconstructedLogit,
        agrees: examined.agrees,
        methods: METHODS,
        ...drawn,
        own: ownMapsOf(opened, image),
        localImportance: Object.fromEntries(
          explanation.concepts.map(({ id }) => [id, examined.importance[opened.conceptColumn(id)]]),
        ),
      };
    },

    async waterfall({ image, ...question }) {
      const opened = await openRun(question);
      const { explanation, players, playerOf } = opened;
      const { bankCoefficients, logit } = await examiner.one(opened, image);
      const ids = explanation.concepts.map(({ id }) => id);
      const masks = growingMasks(ids.map(playerOf));
      const logits = await withHead(opened, async (head) =>
        (await headOfPlayers(head, players).prepare(bankCoefficients)).evaluate(masks),
      );
      return {
        baseline: logits[0],
        steps: ids.map((concept, step) => ({ concept, change: logits[step + 1] - logits[step] })),
        unexplained: logit - logits[ids.length],
        logit,
      };
    },
  };
}

/** Amounts of own concepts in an explained image. */
function ownMapsOf(opened: OpenedRun, image: number): OwnConceptMap[] {
  return opened.own.flatMap(({ concept, tensors }) => {
    if (image >= tensors.amounts.length) return [];
    const map = opened.mapOf(concept.id, image);
    if (map === undefined) return [];
    const facts = { concept: concept.id, name: concept.name, importance: tensors.imageImportance[image] };
    const { maximum } = opened.sourceOf(concept.id);
    return [{ ...facts, maximum, grid: map.grid, values: [...map.values] }];
  });
}

/** Row k lets the first k of the columns in. */
function growingMasks(columns: readonly number[]): Matrix {
  const masks = matrix(columns.length + 1, columns.length);
  for (let row = 1; row <= columns.length; row++) {
    for (const column of columns.slice(0, row)) masks.data[row * columns.length + column] = 1;
  }
  return masks;
}

type Maps = Pick<ImageDetail, 'maps' | 'scaleMaximum' | 'scaleOf'>;

/** By the method that was asked for; else by the usual one, where it can draw, and by what the run has, where not. */
async function mapsOf(
  drawMaps: DrawMaps,
  opened: OpenedRun,
  { image, coefficients }: { readonly image: number; readonly coefficients: Matrix },
  asked: string | undefined,
  context: JobContext,
): Promise<Maps & Pick<ImageDetail, 'method' | 'standInReason'>> {
  const drawnBy = async (method: MapMethod) => ({
    ...(await pixelMaps(drawMaps, opened, method, image, context)),
    method,
    standInReason: null,
  });
  if (asked !== undefined && asked !== COEFFICIENTS.id) return drawnBy(methodOf(asked));
  let standInReason: string | null = null;
  try {
    if (asked === undefined) return await drawnBy(USUAL);
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    standInReason = error.message;
  }
  return { ...gridMaps(opened, coefficients), method: COEFFICIENTS.id, standInReason };
}

function gridMaps({ explanation, maxima }: OpenedRun, coefficients: Matrix): Maps {
  const maps = explanation.concepts.flatMap(({ id }, rank): ConceptMap[] => {
    const map = coefficientMap(explanation, coefficients, rank);
    return map === undefined ? [] : [{ concept: id, grid: map.grid, values: [...map.values] }];
  });
  return { maps, scaleMaximum: Math.max(...maxima), scaleOf: 'run' };
}

async function pixelMaps(
  drawMaps: DrawMaps,
  opened: OpenedRun,
  method: MapMethod,
  image: number,
  context: JobContext,
): Promise<Maps> {
  const drawn = await drawMaps(opened, method, image, context);
  const maps = opened.explanation.concepts.map(({ id }) => ({
    concept: id,
    ...drawn[opened.conceptColumn(id)],
  }));
  const sizes = Float64Array.from(maps.flatMap(({ values }) => values.map(Math.abs))).sort();
  return { maps, scaleMaximum: quantile(sizes, SCALE_SHARE), scaleOf: 'image' };
}

/** Rejects a name that no method has. */
function methodOf(name: string): MapMethod {
  const found = MAP_METHOD_NAMES.find((id) => id === name);
  if (found !== undefined) return found;
  throw new TesseraError('unknown-name', `There is no map method "${name}".`, {
    hint: `Methods: ${METHODS.map(({ id }) => id).join(', ')}.`,
  });
}
