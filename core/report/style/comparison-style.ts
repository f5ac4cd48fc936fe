/** Style of a comparison of two runs: pairs side by side, bars of shares, what only one has. */
export const COMPARISON_STYLE = `
.side-letter {
  display: inline-block; min-width: 1.5em; padding: 0 0.3em; border: 1px solid var(--quiet); border-radius: 4px;
  text-align: center; font-size: 0.8em; font-weight: 650; line-height: 1.4; vertical-align: 0.08em;
}
.match > header { align-items: center; }
.match .strong + .quiet { margin-left: 4px; }
.share { display: flex; align-items: center; gap: 8px; font-size: 13px; }
.track { flex: 1; max-width: 160px; height: 8px; border-radius: 2px; background: var(--zone1); overflow: hidden; }
.track > span { display: block; width: calc(var(--share) * 100%); height: 100%; background: var(--mark); }
.both { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px 24px; margin-top: 16px; }
.side-head { margin-bottom: 6px; font-size: 14px; }
.crop-row { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 4px; }
.maps-row { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 4px; margin-top: 4px; }
.crop-row img, .maps-row img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 4px; }
#lone .columns { margin-top: 16px; }
.lone article { margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--line); break-inside: avoid; }
.lone .crop-row { margin: 6px 0; }
#data thead th { color: var(--text); }
@media (max-width: 560px) { .both { grid-template-columns: minmax(0, 1fr); } }
@media print {
  .both { gap: 6pt 10pt; margin-top: 6pt; }
  .both .maps-row img { max-height: 28mm; }
  #lone .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8pt; }
}
`;
