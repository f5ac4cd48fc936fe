import { stringOf } from '../../onnx/attributes.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { cotangent, input, refusal } from '../rule.ts';

/**
 * Einstein summation: the cotangent takes the place of the operand, and the operand's labels become the output.
 * Labels that stand in one operand alone were summed: the cotangent is repeated along them.
 */
export const einsum: Rule = (c) => {
  const equation = parse(c);
  return c.inputs.map((_, i) => (c.wanted[i] ? operandVjp(c, equation, i) : undefined));
};

interface Equation {
  /** One string of single-letter labels an operand, ellipses spelled out. */
  readonly terms: readonly string[];
  readonly output: string;
  /** A letter that no term uses, for K. */
  readonly batch: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function parse(c: RuleContext): Equation {
  const text = stringOf(c.node, 'equation', '').replaceAll(' ', '');
  const [left, right] = text.split('->');
  const rawTerms = left.split(',');
  const free = [...LETTERS].filter((letter) => !text.includes(letter));
  const hidden = rawTerms.map((term, i) => input(c, i).dims.length - term.replace('...', '').length);
  const most = Math.max(0, ...rawTerms.map((term, i) => (term.includes('...') ? hidden[i] : 0)));
  if (free.length <= most) throw refusal(c, `its equation "${text}" leaves no letter free`);
  const ellipsis = free.slice(0, most).join('');
  const spell = (term: string, rank: number) => term.replace('...', rank === 0 ? '' : ellipsis.slice(-rank));
  const terms = rawTerms.map((term, i) => spell(term, hidden[i]));
  const output = right === undefined ? implicitOutput(rawTerms, ellipsis) : spell(right, most);
  return { terms, output, batch: free[most] };
}

// Without an arrow: the ellipsis first, then every label that occurs once, in alphabetical order.
function implicitOutput(terms: readonly string[], ellipsis: string): string {
  const letters = [...terms.join('').replaceAll('.', '')];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return (terms.some((term) => term.includes('...')) ? ellipsis : '') + once.sort().join('');
}

function operandVjp(c: RuleContext, { terms, output, batch }: Equation, index: number): string {
  const { b } = c;
  const { dims } = input(c, index);
  const labels = [...terms[index]];
  if (new Set(labels).size < labels.length) throw refusal(c, 'an operand repeats a label (a diagonal)');
  const others = terms.flatMap((term, i) => (i === index ? [] : [{ term, name: input(c, i).name }]));
  const reachable = output + others.map(({ term }) => term).join('');
  const sizes = labelSizes(c, terms);
  // A label of size 1 that is larger elsewhere was broadcast: leaving it out of the result sums over it.
  const kept = labels.filter((label, i) => reachable.includes(label) && dims[i] === sizes.get(label));
  const left = [batch + output, ...others.map(({ term }) => term)].join(',');
  const operands = [cotangent(c), ...others.map(({ name }) => name)];
  const g = b.op('Einsum', operands, { equation: `${left}->${batch}${kept.join('')}` });
  const isKept = labels.map((label) => kept.includes(label));
  const withOnes = b.reshape(g, [-1, ...dims.map((dim, i) => (isKept[i] ? dim : 1))]);
  return b.expand(withOnes, [1, ...dims.map((dim, i) => (isKept[i] ? 1 : dim))]);
}

function labelSizes(c: RuleContext, terms: readonly string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) =>
    [...term].forEach((label, j) => sizes.set(label, Math.max(sizes.get(label) ?? 1, input(c, i).dims[j]))),
  );
  return sizes;
}
