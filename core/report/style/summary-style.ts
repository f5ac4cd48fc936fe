/** Style of the head of the report: title, verdict, leading concepts in pictures, contents. */
export const SUMMARY_STYLE = `
.kicker { font-size: 13px; color: var(--quiet); margin-bottom: 8px; }
.lead { max-width: 68ch; margin-top: 16px; font-size: 19px; line-height: 1.5; text-wrap: pretty; }
.findings { max-width: 80ch; margin-top: 12px; padding-left: 20px; list-style: disc; }
.findings li { margin-top: 4px; }
.action { max-width: 80ch; margin-top: 12px; }
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
