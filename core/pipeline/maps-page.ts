import { isZeroBetween } from '../attribution/empty-picture.ts';
import { MAP_METHODS } from '../attribution/methods.ts';
import { squaresOver } from '../attribution/occlusion.ts';
import type { Box } from '../concepts/explanation.ts';
import { fitOf, frameOf } from '../images/preprocessing.ts';
import { whyNoCut } from '../onnx/why-no-cut.ts';
import type { ImageCodec } from '../platform.ts';
import { dataUrl } from '../report/data-url.ts';
import { renderMapsPage, type MapFigure, type MapsPage } from '../report/maps-page.ts';
import { cutScaled, overlayMap } from '../report/rgb-picture.ts';
import { scoreRecord } from '../score/score-record.ts';
import { transparencyText } from '../wording/input-words.ts';
import { coveredText, mapSettingsText, answerInWords, scoreValueText } from '../wording/map-words.ts';
import { decisionText, scoreName } from '../wording/score-words.ts';
import { originText, preprocessingText } from '../wording/preprocessing-words.ts';
import { SOBOL_DESIGN } from '../attribution/sobol-attribution.ts';
import { copiesOf } from './draw-score-map.ts';
import type { ModelIntake } from './model-intake.ts';
import type { MapsEnd, MapsQuestion, ScoreMap } from './score-maps.ts';
import { shownFrame } from './shown-frame.ts';

/** Longer side of a picture of the page in pixels. */
const SIDE = 400;

/** Gathers maps as they come, small as pictures, and makes a page of them. */
export interface MapsPageMaker {
  add(map: ScoreMap): Promise<MapFigure>;
  /** The page as HTML; absent where the drawing was stopped before its end. */
  page(end?: MapsEnd): string;
}

/** Begins a page of maps of a model. */
export function mapsPageMaker(
  codec: Pick<ImageCodec, 'decodeFitted' | 'encodeJpeg'>,
  intake: ModelIntake,
  question: MapsQuestion,
): MapsPageMaker {
  const figures: MapFigure[] = [];
  const names = new Set<string>();
  let decision = '';
  return {
    async add(map) {
      const facts = scoreRecord(map.score);
      names.add(scoreName(facts));
      decision = decisionText(facts);
      const figure = { ...wordsOf(map), ...(await picturesOf(codec, intake, question, map)) };
      figures.push(figure);
      return figure;
    },
    page({ skipped, transparent } = { skipped: [], transparent: 0 }) {
      const [name] = names;
      const title = names.size === 1 ? `Where the ${name} comes from` : 'Where the answers come from';
      return renderMapsPage({
        title,
        method: question.method,
        methodText: methodText(intake, question),
        whyNoCut: whyNoConcepts(intake),
        facts: factsOf(
          intake,
          names.size === 1 ? name : 'in each picture what the model says of it',
          decision,
        ),
        figures,
        transparent:
          transparent === 0
            ? undefined
            : transparencyText(transparent, intake.preprocessing.preprocessing.alpha ?? 'white'),
        skipped,
      });
    },
  };
}

/** Why a model has no concepts; undefined where it can be cut. */
export function whyNoConcepts({ cutPoints, model, inputDims }: ModelIntake): string | undefined {
  return cutPoints.length === 0 ? whyNoCut(model, inputDims) : undefined;
}

/** How the maps of a question are made, in plain words. */
export function methodText(intake: ModelIntake, { method, seed }: MapsQuestion): string {
  const { preprocessing } = intake.preprocessing;
  const { width, height } = frameOf(preprocessing);
  const { side, step } = squaresOver([height, width]);
  return mapSettingsText({
    method,
    seed,
    side,
    step,
    copies: copiesOf(method, [height, width]),
    cells: SOBOL_DESIGN.cells,
    hidesBy: isZeroBetween(preprocessing, 0) ? 'mean of the preprocessing' : 'mean of the picture',
  });
}

/** What is said of a picture. */
export function wordsOf({ file, score, value, answer, covered }: ScoreMap) {
  const facts = scoreRecord(score);
  return {
    file,
    said: answerInWords(facts, score.names, answer),
    score: scoreValueText(facts, value),
    covered: coveredText(facts, score.names, value, covered),
  };
}

async function picturesOf(
  codec: Pick<ImageCodec, 'decodeFitted' | 'encodeJpeg'>,
  { preprocessing: { preprocessing } }: ModelIntake,
  { method }: MapsQuestion,
  { file, map, size, covered }: ScoreMap,
): Promise<Pick<MapFigure, 'src' | 'map' | 'square' | 'maximum'>> {
  const { isSigned } = MAP_METHODS[method];
  const sharp = await codec.decodeFitted(file, shownFrame(fitOf(preprocessing)));
  const [height, width] = size;
  const scale = SIDE / Math.max(width, height);
  const picture = cutScaled(
    sharp,
    [0, 0, sharp.width, sharp.height],
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
  const maximum = map.reduce((most, value) => Math.max(most, isSigned ? Math.abs(value) : value), 0);
  const overlaid = overlayMap(picture, { values: map, grid: size }, maximum, isSigned);
  const jpeg = async (image: typeof picture) =>
    dataUrl('image/jpeg', await codec.encodeJpeg(image, { quality: 82 }));
  const [left, top, wide, high] = covered.box;
  const square: Box = [
    (100 * left) / width,
    (100 * top) / height,
    (100 * wide) / width,
    (100 * high) / height,
  ];
  return { src: await jpeg(picture), map: await jpeg(overlaid), square, maximum };
}

function factsOf(
  { path, sha256, labels, scores, preprocessing }: ModelIntake,
  explained: string,
  decision: string,
): MapsPage['facts'] {
  const end = ['none', 'kept'].includes(scores.activation) ? '' : `, before its ${scores.activation}`;
  return [
    ['model', path],
    ['SHA-256', sha256],
    ['output', `${scores.output}${end}`],
    ['explained', explained],
    ['decision', decision],
    ['labels', labels.source],
    [
      'how pictures were prepared',
      `${preprocessingText(preprocessing.preprocessing)}. ${originText(preprocessing)}`,
    ],
  ];
}
