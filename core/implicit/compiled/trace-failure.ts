/** Why a function cannot be traced; the end of a sentence that begins with its name. */
export class TraceFailure extends Error {}
