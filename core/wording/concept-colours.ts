import { hcl, rgb } from 'd3';

/**
 * Backgrounds of the two themes, from which marks must stand out.
 *
 * @internal Tests compare with it.
 */
export const BACKGROUND = { light: '#ffffff', dark: '#14161a' } as const;

/** Okabe & Ito (2008), safe for colour-blind readers; their black is a grey here, for it must show on dark. */
const OKABE_ITO = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#8a8f98'];

/** Changes of CIE lightness once all hues are used up. */
const LIGHTNESS_STEPS = [0, -22, 16, -36];

/** The colour of a concept as a filled mark, and as one at least 3:1 against either theme's background. */
export interface ConceptColour {
  readonly fill: string;
  readonly edgeOnLight: string;
  readonly edgeOnDark: string;
}

/** The colour of the concept at a rank: Okabe–Ito hues, then the same hues darker, lighter and darkest; it repeats after 32. */
export function conceptColour(rank: number): ConceptColour {
  const base = hcl(OKABE_ITO[rank % OKABE_ITO.length]);
  const step = LIGHTNESS_STEPS[Math.floor(rank / OKABE_ITO.length) % LIGHTNESS_STEPS.length];
  const fill = hcl(base.h, base.c, Math.min(92, Math.max(12, base.l + step))).formatHex();
  return {
    fill,
    edgeOnLight: towardsContrast(fill, BACKGROUND.light, -2),
    edgeOnDark: towardsContrast(fill, BACKGROUND.dark, 2),
  };
}

/** A CSS colour for marks of the concept that holds 3:1 in both themes. */
export function conceptMark(rank: number): string {
  const { edgeOnLight, edgeOnDark } = conceptColour(rank);
  return `light-dark(${edgeOnLight}, ${edgeOnDark})`;
}

/**
 * WCAG 2 contrast ratio of two colours, 1 … 21.
 *
 * @internal Tests compare with it.
 */
export function contrastRatio(a: string, b: string): number {
  const [light, dark] = [relativeLuminance(a), relativeLuminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function towardsContrast(colour: string, background: string, lightnessStep: number): string {
  let edge = hcl(colour);
  while (contrastRatio(edge.formatHex(), background) < 3 && edge.l > 0 && edge.l < 100)
    edge = hcl(edge.h, edge.c, edge.l + lightnessStep);
  return edge.formatHex();
}

function relativeLuminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  const [red, green, blue] = [r, g, b].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
