/** Style of the report of a study with people: curves of sessions, intervals in tables. */
export const STUDY_STYLE = `
.sessions { max-width: 660px; margin-top: 12px; }
.sessions.reliability { max-width: 496px; }
.series { fill: none; stroke: var(--series, var(--mark)); stroke-width: 2; stroke-linejoin: round; }
.whisker { stroke: var(--series, var(--mark)); stroke-width: 2; }
.series-mark { fill: var(--series, var(--mark)); stroke: var(--page); stroke-width: 1; }
.chance { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 4 3; }
.figures { margin-top: 12px; }
.figures tbody th { width: auto; color: var(--text); }
.figures .plot { width: 30%; min-width: 110px; vertical-align: middle; }
@media (min-width: 680px) { .ends { white-space: nowrap; } }
.share-mark { overflow: visible; }
.study h3 { margin-top: 28px; margin-bottom: 4px; }
@media print { .sessions, .share-mark { break-inside: avoid; } }
`;
