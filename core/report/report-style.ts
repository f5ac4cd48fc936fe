import { mapGradient } from '../wording/map-colours.ts';
import { PARTS_STYLE } from './parts-style.ts';

/** Text is at least 4.5:1 and marks at least 3:1 against the page. */
const LIGHT = `
  --page: #ffffff; --raised: #f5f6f8; --text: #191c21; --quiet: #596069; --line: #dde0e5; --grid: #e7e9ed;
  --accent: #1d5fbf; --loss: #b3261e; --mark: #4a6fa5; --zone1: #e6e8ec; --zone2: #c8ccd4; --zone3: #9aa2af;`;

/** The same names for the dark theme. */
const DARK = `
  --page: #14161a; --raised: #1c1f25; --text: #e7e9ed; --quiet: #a2a9b4; --line: #30353e; --grid: #272b33;
  --accent: #7db0ff; --loss: #ff8a80; --mark: #8fb1e3; --zone1: #2a2e36; --zone2: #444a55; --zone3: #707886;`;

const FOUNDATION = `
:root { color-scheme: light dark; ${LIGHT} }
[style*='--fill'] { --edge: var(--edge-light); }
@media (prefers-color-scheme: dark) {
  :root { ${DARK} }
  [style*='--fill'] { --edge: var(--edge-dark); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 16px; }
body {
  margin: 0; background: var(--page); color: var(--text); print-color-adjust: exact; -webkit-print-color-adjust: exact;
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 32px 64px; }
h1, h2, h3, p, ul, dl, dd, figure, pre { margin: 0; }
ul { padding: 0; list-style: none; }
h1 { font-size: 34px; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; text-wrap: balance; }
h1 em { font-style: normal; color: var(--accent); }
h2 { font-size: 21px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 650; }
h3 { font-size: 15px; font-weight: 650; }
section { margin-top: 56px; }
section > h2 { margin-bottom: 12px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
a:hover { color: var(--accent); text-decoration-color: currentColor; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
img { display: block; max-width: 100%; height: auto; background: var(--raised); }
code, pre { font: 13px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
svg { display: block; overflow: visible; }
.strong { font-weight: 650; }
.quiet { color: var(--quiet); }
.small { font-size: 13px; }
.number { text-align: right; white-space: nowrap; }
.intro { max-width: 76ch; color: var(--quiet); }
.methods { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; max-width: 96ch; margin-top: 12px; }
.methods dd { color: var(--quiet); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 24px 40px; align-items: start; }
.swatch {
  display: inline-block; width: 12px; height: 12px; margin-right: 8px; border-radius: 3px; vertical-align: -1px;
  background: var(--fill); border: 1px solid var(--edge);
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;

const SUMMARY = `
.kicker { font-size: 13px; color: var(--quiet); margin-bottom: 8px; }
.lead { max-width: 68ch; margin-top: 16px; font-size: 19px; line-height: 1.5; text-wrap: pretty; }
.trust { display: flex; gap: 12px; max-width: 86ch; margin-top: 16px; color: var(--quiet); }
.trust strong { color: var(--text); }
.lamp { display: inline-flex; align-items: flex-end; gap: 3px; flex: none; height: 16px; margin-top: 3px; }
.lamp i { width: 5px; height: 16px; border-radius: 1px; background: var(--zone1); border: 1px solid var(--quiet); }
.lamp i:nth-child(1) { height: 7px; }
.lamp i:nth-child(2) { height: 11px; }
.good .lamp i, .fair .lamp i:nth-child(-n + 2) { background: var(--text); border-color: var(--text); }
.weak .lamp i:nth-child(1) { background: var(--loss); border-color: var(--loss); }
.glance { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 24px; margin-top: 32px; }
.glance .mosaic { display: grid; grid-template-columns: repeat(2, 1fr); gap: 3px; border-radius: 6px; overflow: hidden; }
.glance img { width: 100%; aspect-ratio: 1; object-fit: cover; }
.glance a { display: block; border-top: 4px solid var(--fill); padding-top: 6px; }
.glance-name { margin-top: 10px; font-weight: 650; }
.glance-share .strong { font-size: 21px; margin-right: 6px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 24px; margin-top: 40px; padding: 10px 0; border: solid var(--line); border-width: 1px 0; font-size: 13px; }
nav a { text-decoration: none; }
`;

const RANKING = `
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
.bar { fill: var(--fill); stroke: var(--edge); stroke-width: 1; }
.whisker { stroke: var(--text); stroke-width: 1.5; }
.halo { stroke: var(--page); stroke-width: 4.5; }
.grid { stroke: var(--grid); stroke-width: 1; }
.tick { fill: var(--quiet); font-size: 12px; }
.label { fill: var(--quiet); font-size: 12px; }
`;

const CONCEPTS = `
.concept { margin-top: 24px; padding-top: 20px; border-top: 1px solid var(--line); }
.concept > header { display: grid; grid-template-columns: minmax(160px, 1fr) minmax(0, 2.6fr); gap: 8px 24px; align-items: start; }
.concept h3 { display: flex; align-items: baseline; gap: 10px; font-size: 19px; line-height: 1.3; }
.rank {
  flex: none; min-width: 28px; padding: 0 6px; border-radius: 6px; text-align: center; font-size: 15px; line-height: 26px;
  border: 1px solid var(--edge); border-bottom: 4px solid var(--fill);
}
.facts { display: flex; flex-wrap: wrap; gap: 8px 28px; }
.facts dt { font-size: 12px; color: var(--quiet); }
.facts dd .quiet { font-size: 13px; }
.facts .wide { flex: 1 1 160px; min-width: min-content; }
.strip figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 11px; white-space: nowrap; color: var(--quiet); }
.strip-tick { stroke: var(--edge); stroke-width: 1.5; }
.baseline { stroke: var(--line); }
.comment { margin-top: 12px; padding-left: 12px; border-left: 2px solid var(--line); max-width: 76ch; white-space: pre-line; }
.gallery { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 12px 8px; margin-top: 16px; }
.gallery img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 4px; }
figcaption { font-size: 12px; color: var(--quiet); }
.gallery figcaption, .examples figcaption { display: flex; justify-content: space-between; gap: 8px; margin-top: 2px; line-height: 1.4; }
.file, .said { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.said { flex: none; max-width: 60%; white-space: nowrap; }
.examples { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px 16px; margin-top: 16px; }
.examples.several { grid-template-columns: repeat(2, minmax(0, 1fr)); }
.examples.many { grid-template-columns: minmax(0, 1fr); }
.pair { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 2px; border-radius: 4px; overflow: hidden; }
.many .pair { grid-auto-flow: row; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); row-gap: 6px; }
.by { display: block; font-size: 12px; line-height: 1.4; color: var(--quiet); }
.pair img { width: 100%; }
.legends { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 24px; font-size: 12px; line-height: 1.4; }
.legends > :first-child { font-size: inherit; }
.legend { display: flex; align-items: center; gap: 2px 8px; }
.many .legends { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); align-items: start; gap: 8px 2px; }
.many .legend { flex-wrap: wrap; padding-right: 12px; }
.many .by { flex-basis: 100%; }
.many figcaption { justify-content: flex-start; gap: 16px; }
.scale { width: 160px; height: 10px; border: 1px solid var(--zone3); border-radius: 2px; background: ${mapGradient()}; }
.many .scale { flex: 1; width: auto; min-width: 32px; }
`;

const HONESTY = `
.verdict { margin-bottom: 24px; padding: 14px 16px; border-radius: 6px; background: var(--raised); border-left: 4px solid var(--quiet); }
.verdict.weak { border-left-color: var(--loss); }
.verdict p { max-width: 80ch; }
.verdict ul { margin-top: 8px; padding-left: 20px; list-style: disc; color: var(--quiet); }
#honesty .columns { margin-top: 24px; }
#honesty h3 + .curves, #honesty h3 + .scatter { margin-top: 8px; }
.curves { width: 100%; max-width: 512px; height: auto; }
.curves text { font-size: 11px; }
.curves .key-name { fill: var(--text); font-size: 12px; }
.band { fill: var(--zone1); }
.curve { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-linejoin: round; }
.curve.sobol { stroke: var(--accent); stroke-width: 2.5; }
.curve.gradient { stroke: var(--text); stroke-dasharray: 6 3; }
.curve.size { stroke: var(--text); stroke-dasharray: 1.5 3; stroke-linecap: round; }
.curve.random { stroke-width: 1; }
.dot { fill: var(--text); } .dot.sobol { fill: var(--accent); }
.orders { max-width: 90ch; margin-top: 8px; }
.says { margin-top: 8px; } .says.weak strong { color: var(--loss); }
.measure h3 { display: flex; justify-content: space-between; gap: 16px; font-size: 15px; }
.technical { font-size: 12px; color: var(--quiet); margin-bottom: 8px; }
.measure p { font-size: 14px; margin-top: 4px; }
.measure .technical { font-size: 12px; margin-top: 0; }
.scatter text { font-size: 10px; }
.measures + .small { margin-top: 20px; max-width: 90ch; }
.zone.weak { fill: var(--zone1); } .zone.fair { fill: var(--zone2); } .zone.good { fill: var(--zone3); }
.pointer { fill: var(--text); } .pointer.weak { fill: var(--loss); }
.pointer-line { stroke: var(--text); stroke-width: 2; }
.scatter { width: 100%; max-width: 460px; height: auto; }
.scatter-figure figcaption { max-width: 460px; margin-top: 4px; }
.diagonal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 4 3; }
.point { fill: var(--mark); fill-opacity: 0.55; stroke: var(--mark); stroke-width: 1; }
.point-lost { stroke: var(--loss); stroke-width: 2; fill: none; }
`;

const TABLES = `
.plain { font-size: 14px; }
.plain + .plain, .columns + .plain, .columns + .columns { margin-top: 32px; }
.columns > .plain { margin-top: 0; }
.intro + .plain { margin: 16px 0; }
.plain caption { text-align: left; font-weight: 650; padding-bottom: 6px; }
.plain tr { border-top: 1px solid var(--line); }
.plain th, .plain td { padding: 5px 12px 5px 0; }
.plain th { color: var(--quiet); }
.plain tbody th { width: 34%; }
.plain td:last-child, .plain th:last-child { padding-right: 0; }
.plain .short { white-space: nowrap; }
pre { padding: 12px 16px; margin-bottom: 24px; border-radius: 6px; background: var(--raised); white-space: pre-wrap; }
`;

const NARROW = `
@media (max-width: 800px) {
  main { padding: 24px 16px 48px; }
  h1 { font-size: 26px; }
  .lead { font-size: 17px; }
  section { margin-top: 40px; }
  .columns, .concept > header { grid-template-columns: minmax(0, 1fr); }
  .gallery { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .glance { gap: 12px; }
  .many .pair, .many .legends { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
}
@media (max-width: 560px) {
  .glance { grid-template-columns: minmax(0, 1fr); }
  .glance .mosaic { grid-template-columns: repeat(4, 1fr); }
  .gallery { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .examples, .examples.several { grid-template-columns: minmax(0, 1fr); }
  .many .pair, .many .legends { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .many .pair > :first-child:nth-last-child(odd), .many .legends > :first-child { grid-column: 1 / -1; }
  .many .pair > :first-child:nth-last-child(odd) img { width: calc(50% - 1px); }
  .facts .wide { flex-basis: 100%; }
  .methods { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .methods dd { margin-bottom: 8px; }
  .ranking th:first-child { width: 32%; padding-right: 8px; }
  .ranking .number { padding-left: 8px; font-size: 13px; }
  .ranking td.quiet, .ranking thead th:nth-child(4) { display: none; }
  .ranking .tied span { min-width: 0; width: 10px; overflow: hidden; visibility: hidden; height: 0; padding: 0; }
  .ranking tfoot td { display: none; }
}
`;

const PAPER = `
@page { size: A4; margin: 14mm 12mm 16mm; }
@media print {
  :root { color-scheme: light; ${LIGHT} }
  [style*='--fill'] { --edge: var(--edge-light); }
  body { font-size: 9pt; line-height: 1.45; }
  /* Chromium cuts off what stands out of the page's box: the padding leaves room for the marks at a scale's end. */
  main { max-width: none; padding: 0 2mm; }
  h1 { font-size: 20pt; }
  h2 { font-size: 13pt; break-after: avoid; }
  .lead { font-size: 11pt; margin-top: 10pt; }
  section { margin-top: 20pt; }
  nav { display: none; }
  a { text-decoration: none; }
  .intro, .methods { max-width: none; break-inside: avoid; }
  .methods { grid-template-columns: max-content minmax(0, 1fr); gap: 1pt 10pt; margin-top: 6pt; break-before: avoid; }
  .methods dd { margin: 0; }
  .glance { gap: 12pt; margin-top: 14pt; }
  .glance .mosaic { grid-template-columns: repeat(2, 1fr); }
  .concept { margin-top: 8pt; padding-top: 6pt; }
  .concept > header { display: block; }
  .concept h3 { font-size: 11pt; }
  .small, .measure p { font-size: 8.5pt; }
  h3 { font-size: 10pt; }
  figcaption, .legends { font-size: 8pt; }
  .by { font-size: 7.5pt; white-space: nowrap; }
  .facts { margin-top: 3pt; gap: 4pt 10pt; }
  .facts dt, .facts dd .quiet { font-size: 8pt; }
  .facts > div { flex: none; }
  .facts .wide { flex: 1 1 0; }
  .gallery { grid-template-columns: repeat(6, 21.5mm); justify-content: space-between; gap: 2pt; margin-top: 6pt; }
  .scale { width: 28mm; }
  /* Two concepts a page. */
  .concept:has(.several) .gallery { grid-template-columns: repeat(12, 14mm); }
  /* One concept a page, the first below the words on all of them. */
  .examples.many { max-width: calc(var(--columns) * 32mm); }
  .concept:has(.many) .gallery { grid-template-columns: repeat(6, 18mm); }
  .many .pair, .many .legends { grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
  .many .pair > :first-child:nth-last-child(odd), .many .legends > :first-child { grid-column: auto; }
  .many .pair > :first-child:nth-last-child(odd) img { width: 100%; }
  .examples { margin-top: 6pt; gap: 2pt 12pt; }
  .gallery .file { display: none; }
  .plain { font-size: 8.5pt; }
  .plain th, .plain td { padding: 2pt 9pt 2pt 0; }
  .columns .plain { break-inside: avoid; }
  p#skipped, .plain + p { break-before: avoid; }
  .ranking tr, .plain tr, .concept, .concept > header, .gallery li, .examples, .measure, .scatter-figure, #honesty figure, .verdict, pre { break-inside: avoid; }
  .ranking thead, .plain caption { break-after: avoid; }
  .ranking tfoot { display: table-row-group; }
}
`;

/** The style sheet of the report. */
export const REPORT_STYLE = [
  FOUNDATION,
  SUMMARY,
  RANKING,
  CONCEPTS,
  HONESTY,
  TABLES,
  PARTS_STYLE,
  NARROW,
  PAPER,
].join('');
