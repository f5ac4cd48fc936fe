import { LIGHT } from './foundation-style.ts';

/** What changes on narrow screens. */
export const NARROW_STYLE = `
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

/** What changes on A4. */
export const PAPER_STYLE = `
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
