/** y = a + b + …, any number of tensors. */
export { add as sum } from './add.ts';
