import { elementwise, scalar } from '../rule.ts';

/** y = √x: 1 / (2y), infinite at 0. */
export const sqrt = elementwise((c) => c.b.div(scalar(c, 0.5), c.outputs[0].name));
