import { COMPARISON_STYLE } from './comparison-style.ts';
import { CONCEPTS_STYLE } from './concepts-style.ts';
import { FOUNDATION_STYLE } from './foundation-style.ts';
import { NARROW_STYLE, PAPER_STYLE } from './media-style.ts';
import { MAPS_STYLE } from './maps-style.ts';
import { MISTAKES_STYLE } from './mistakes-style.ts';
import { OVERVIEW_STYLE } from './overview-style.ts';
import { PARTS_STYLE } from './parts-style.ts';
import { RANKING_STYLE } from './ranking-style.ts';
import { SUMMARY_STYLE } from './summary-style.ts';
import { TABLES_STYLE } from './tables-style.ts';
import { STUDY_STYLE } from './study-style.ts';
import { TRUST_STYLE } from './trust-style.ts';

/** The style sheet of the report. */
export const REPORT_STYLE = [
  FOUNDATION_STYLE,
  SUMMARY_STYLE,
  RANKING_STYLE,
  CONCEPTS_STYLE,
  TRUST_STYLE,
  TABLES_STYLE,
  PARTS_STYLE,
  MISTAKES_STYLE,
  MAPS_STYLE,
  COMPARISON_STYLE,
  OVERVIEW_STYLE,
  STUDY_STYLE,
  NARROW_STYLE,
  PAPER_STYLE,
].join('');
