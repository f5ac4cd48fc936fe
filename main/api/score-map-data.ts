import type { Box, SkippedFile } from '../../core/concepts/explanation.ts';
import type { SavedReport } from './report-data.ts';

/*
 * Plain data that crosses from the workbench to its views: where in pictures a score comes from, without concepts. See
 * contract.ts.
 */

/** What is drawn of the pictures of a setup. */
export interface ScoreMapsQuery {
  readonly method: 'occlusion' | 'rise' | 'sobol-attribution';
  /** Pictures, from each folder in turn. */
  readonly count: number;
  /** Of what can be asked for; null: in each picture what the model says of it. */
  readonly classIndex: number | null;
}

/** One picture, in words where there are numbers. */
export interface ScoreMapView {
  readonly file: string;
  /** The picture as the model gets it, and the same under its map: `data:` URLs. */
  readonly src: string;
  readonly map: string;
  readonly said: string;
  readonly score: string;
  readonly covered: string;
  /** The most important square, in hundredths of the picture. */
  readonly square: Box;
  /** Value at the end of the colour scale. */
  readonly maximum: number;
}

/** Maps of some pictures. */
export interface ScoreMaps {
  readonly maps: readonly ScoreMapView[];
  readonly skipped: readonly SkippedFile[];
  /** How they were made. */
  readonly methodText: string;
  /** Colours on both sides of zero. */
  readonly isSigned: boolean;
}

/** A map that has just been drawn. */
export interface ScoreMapNews {
  /** See `Setup.asked`. */
  readonly asked: string | null;
  readonly query: ScoreMapsQuery;
  readonly found: ScoreMaps;
}

/** Questions about where a score comes from. */
export interface ScoreMapApi {
  /** Tells of each map by the event `scoreMap`; a change of pictures, model or preprocessing ends it with 'cancelled'. */
  drawScoreMaps(query: ScoreMapsQuery): Promise<ScoreMaps>;
  /** Saves the maps drawn last, also those that were drawn before a stop, as a page. */
  saveScoreMaps(): Promise<SavedReport>;
}
