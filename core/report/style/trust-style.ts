/** Style of the section on trust: verdict, curves, meters and scatter. */
export const TRUST_STYLE = `
.verdict { margin-bottom: 24px; padding: 14px 16px; border-radius: 6px; background: var(--raised); border-left: 4px solid var(--quiet); }
.verdict.weak { border-left-color: var(--loss); }
.verdict p { max-width: 80ch; }
.verdict ul { margin-top: 8px; padding-left: 20px; list-style: disc; color: var(--quiet); }
.claims { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 12px 24px; }
.claims .trust { margin-top: 0; }
.claims strong { display: block; }
#honesty .columns { margin-top: 24px; }
#honesty h3 + .curves, #honesty h3 + .scatter { margin-top: 8px; }
.curves { width: 100%; max-width: 512px; height: auto; }
.curves text { font-size: 11px; }
.frontier .choice { fill: var(--page); stroke: var(--edge); stroke-width: 2; }
.frontier .unstable { stroke-dasharray: 4 3; }
.frontier .best { stroke-width: 4; } .frontier .best + text { font-weight: 700; }
.frontier .layer { stroke: var(--edge); stroke-width: 2; }
.frontier .bound { stroke: var(--accent); }
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
