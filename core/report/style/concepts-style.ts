import { mapGradient } from '../../wording/map-colours.ts';

/** Style of the concepts one by one: facts, crops, maps and their scales. */
export const CONCEPTS_STYLE = `
.concept { margin-top: 24px; padding-top: 20px; border-top: 1px solid var(--line); }
.minor { margin-top: 24px; }
.minor > summary { cursor: pointer; color: var(--quiet); }
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
.facts .sentence { flex: 1 1 100%; }
.strip figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 11px; white-space: nowrap; color: var(--quiet); }
.strip-tick { stroke: var(--edge); stroke-width: 1.5; }
.baseline { stroke: var(--line); }
.shortcut { margin-top: 12px; padding: 8px 12px; border: 1px solid var(--line); border-left: 3px solid #a86400; max-width: 86ch; }
.shortcut ul { margin: 4px 0 0; padding-left: 18px; }
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
