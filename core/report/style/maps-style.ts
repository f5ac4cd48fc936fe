import { mapGradient } from '../../wording/map-colours.ts';

/** Style of a page of maps of a score. */
export const MAPS_STYLE = `
.score-maps { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 28px 24px; margin-top: 20px; }
.score-maps figcaption { margin-top: 6px; font-size: 13px; line-height: 1.45; }
.score-maps .strong { color: var(--text); }
.mapped { position: relative; }
.square { position: absolute; border: 2px solid #fff; outline: 1px solid #000; }
.scale.signed { background: ${mapGradient(true)}; }
#maps .legend { margin-top: 12px; font-size: 13px; flex-wrap: wrap; }
#maps .legend .by { margin-left: 12px; }
@media (max-width: 800px) { .score-maps { grid-template-columns: minmax(0, 1fr); } }
@media print { .score-maps { gap: 8pt 12pt; } .score-maps figure { break-inside: avoid; } .score-maps figcaption { font-size: 8pt; } }
`;
