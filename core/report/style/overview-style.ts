/** Style of the overview of a model: the matrix, its drawing, the concepts in pictures. */
export const OVERVIEW_STYLE = `
.looks { margin: 0; padding-left: 24px; }
.looks li { padding: 3px 0; }
.matrix-scroll { overflow-x: auto; margin-top: 16px; }
/* No darker, so that numbers can be read on it. */
.matrix { --most: 75%; border-collapse: separate; border-spacing: 2px; font-size: 12px; }
.matrix th { font-weight: 500; text-align: left; }
.matrix .turned { height: 110px; padding: 0 0 4px; text-align: center; vertical-align: bottom; }
.matrix .turned span { display: inline-block; max-height: 110px; overflow: hidden; writing-mode: vertical-rl; rotate: 180deg; }
.matrix tbody th { padding-right: 8px; white-space: nowrap; }
.matrix tbody th a { display: flex; align-items: center; gap: 8px; text-decoration: none; }
.matrix img { border-radius: 3px; }
.matrix td {
  min-width: 52px; height: 24px; padding: 0; text-align: center; vertical-align: middle;
  background: color-mix(in srgb, var(--mark) calc(pow(var(--share, 0), 0.7) * var(--most)), var(--raised));
}
.matrix-drawing { display: block; max-width: 100%; height: auto; margin-top: 16px; break-inside: avoid; }
.matrix-drawing text { font-size: 10px; fill: var(--text); }
.matrix-drawing rect { fill: var(--mark); }
.classes-table th { white-space: nowrap; }
.classes-table td:first-child { min-width: 110px; overflow-wrap: anywhere; }
.classes-table td:nth-child(2) { min-width: 96px; }
.classes-table td:nth-child(3) { width: 56%; }
.flag { color: var(--loss); font-size: 13px; }
.shared-concepts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px 32px; margin-top: 16px; }
.shared-concepts .concept { margin: 0; padding: 12px 0 0; border-top: 1px solid var(--line); break-inside: avoid; }
.shared-concepts .crop-row { margin: 6px 0; }
@media (prefers-color-scheme: dark) { .matrix { --most: 45%; } }
@media (max-width: 560px) { .shared-concepts { grid-template-columns: minmax(0, 1fr); } }
@media print { .matrix tr, .classes-table tr, .looks li { break-inside: avoid; } .matrix-scroll { overflow: visible; } .matrix { font-size: 8pt; } .matrix td { min-width: 0; } .classes-table, .classes-table .flag { font-size: 8pt; } }
`;
