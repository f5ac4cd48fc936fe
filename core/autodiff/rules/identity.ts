/** y = x. */
export { unchanged as identity } from '../rule.ts';
