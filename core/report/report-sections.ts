/** The parts of the report, in their order on the page; ids are anchors. */
export const REPORT_SECTIONS = [
  { id: 'summary', title: 'Summary' },
  { id: 'ranking', title: 'Ranking' },
  { id: 'concepts', title: 'Concepts' },
  { id: 'own', title: 'Own concepts' },
  { id: 'parts', title: 'Parts of concepts' },
  { id: 'removal', title: 'Without each concept' },
  { id: 'mistakes', title: 'Mistakes' },
  { id: 'honesty', title: 'Trust' },
  { id: 'data', title: 'Model and data' },
  { id: 'reproduce', title: 'Repeat' },
] as const;

/** Names a part of the report. */
export type SectionId = (typeof REPORT_SECTIONS)[number]['id'];

/** What of a run its report prints. */
export interface ReportContents {
  /** Ids of {@link REPORT_SECTIONS}. @default all that have something to say */
  readonly sections?: readonly string[];
  /** Ids of concepts to show one by one. @default all that are not hidden */
  readonly concepts?: readonly string[];
}
