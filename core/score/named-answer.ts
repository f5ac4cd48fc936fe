import type { Answer } from './model-scores.ts';

/** An answer with the name of its class or side, without what is not of it. */
export interface NamedAnswer extends Answer {
  readonly name: string;
}

/** Names an answer. */
export function namedAnswer(names: readonly string[], { index, probability, value }: Answer): NamedAnswer {
  return {
    index,
    name: names[index],
    ...(probability !== undefined && { probability }),
    ...(value !== undefined && { value }),
  };
}
