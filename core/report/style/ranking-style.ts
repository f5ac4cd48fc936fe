/** Style of the ranking and of marks that all charts share. */
export const RANKING_STYLE = `
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; font-weight: inherit; vertical-align: top; padding: 0; }
.ranking { margin: 8px 0 16px; }
.ranking thead th { padding-bottom: 6px; font-size: 13px; color: var(--quiet); vertical-align: bottom; }
.ranking tbody th, .ranking tbody td { vertical-align: middle; }
.ranking th:first-child { width: 24%; padding-right: 16px; }
.ranking tbody th a { display: flex; align-items: center; text-decoration: none; line-height: 1.25; }
.ranking .swatch { flex: none; }
.ranking .number { width: 1%; padding-left: 20px; }
.ranking thead .number { text-align: right; }
.ranking .plot { padding: 0; }
.ranking .ties { width: 1%; padding-left: 12px; }
.ranking .tied span {
  display: flex; align-items: center; min-width: 84px; max-width: 92px; padding: 4px 0 4px 10px; font-size: 12px; line-height: 1.3; color: var(--quiet);
}
.ranking .tied { position: relative; }
.ranking .tied::before {
  content: ''; position: absolute; left: 8px; top: 6px; bottom: 6px; width: 5px; border: solid var(--quiet); border-width: 1px 1px 1px 0;
}
.ranking .rest th { padding-top: 4px; font-size: 13px; color: var(--quiet); }
.ranking .rest .bar { fill: var(--grid); stroke: var(--quiet); }
.bar { fill: var(--fill); stroke: var(--edge); stroke-width: 1; }
.whisker { stroke: var(--text); stroke-width: 1.5; }
.halo { stroke: var(--page); stroke-width: 4.5; }
.grid { stroke: var(--grid); stroke-width: 1; }
.tick { fill: var(--quiet); font-size: 12px; }
.label { fill: var(--quiet); font-size: 12px; }
`;
