import type { PictureUrl } from '../report-data.ts';
import type { ModelOverview } from './overview-data.ts';

/** Everything that the page of a whole model shows. */
export interface OverviewPage {
  readonly overview: ModelOverview;
  /** Path and hash of the model. */
  readonly model: string;
  readonly sha256: string;
  /** Crops of each concept, by id. */
  readonly crops: Readonly<Record<string, readonly PictureUrl[]>>;
  /** Images of crops that are changed or missing since, and shown blank. */
  readonly lost: number;
}
