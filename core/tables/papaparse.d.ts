/** What is used of Papa Parse; its own declarations bring Node.js into rooms that must not know it. */
declare module 'papaparse' {
  interface ParsedRow {
    readonly data: readonly string[];
    readonly errors: readonly { readonly type: string; readonly code: string; readonly message: string }[];
    readonly meta: { readonly delimiter: string };
  }
  interface Parser {
    abort(): void;
  }
  interface Config {
    readonly delimiter?: string;
    readonly delimitersToGuess?: readonly string[];
    readonly skipEmptyLines?: boolean | 'greedy';
    readonly preview?: number;
    readonly step?: (row: ParsedRow, parser: Parser) => void;
  }
  const Papa: { parse(text: string, config: Config): ParsedRow };
  export default Papa;
}
