/** Properties of the light theme: text is at least 4.5:1 and marks at least 3:1 against the page. */
export const LIGHT = `
  --page: #ffffff; --raised: #f5f6f8; --text: #191c21; --quiet: #596069; --line: #dde0e5; --grid: #e7e9ed;
  --accent: #1d5fbf; --loss: #b3261e; --mark: #4a6fa5; --zone1: #e6e8ec; --zone2: #c8ccd4; --zone3: #9aa2af;`;

/** The same names for the dark theme. */
const DARK = `
  --page: #14161a; --raised: #1c1f25; --text: #e7e9ed; --quiet: #a2a9b4; --line: #30353e; --grid: #272b33;
  --accent: #7db0ff; --loss: #ff8a80; --mark: #8fb1e3; --zone1: #2a2e36; --zone2: #444a55; --zone3: #707886;`;

/** Style of what stands in every section: themes, type, links, pictures. */
export const FOUNDATION_STYLE = `
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
