import ts from 'typescript';

/** A file of the house: its path below the root, with slashes, and what is in it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Something with a length in lines, or without a docstring, and where it stands. */
export interface Finding {
  readonly where: string;
  readonly lines: number;
}

/** What is measured of some files. */
export interface Measures {
  /** Named functions and methods, from signature to last brace. */
  readonly functions: readonly Finding[];
  readonly files: readonly Finding[];
  readonly exports: readonly (Finding & { readonly isDocumented: boolean })[];
}

/** The room of a file: its first folder below core, main or renderer, or that itself for a loose file. */
export function roomOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** Each file is read once, however often it is asked for. */
const known = new WeakMap<SourceFile, Measures>();

/** Lengths of functions and files, and which exported items have a docstring. */
export function measure(files: readonly SourceFile[]): Measures {
  const each = files.map((file) => {
    const measures = known.get(file) ?? measureFile(file);
    known.set(file, measures);
    return measures;
  });
  return {
    functions: each.flatMap(({ functions }) => functions),
    files: each.flatMap((one) => one.files),
    exports: each.flatMap((one) => one.exports),
  };
}

function measureFile(file: SourceFile): Measures {
  const source = ts.createSourceFile(file.path, scriptOf(file), ts.ScriptTarget.Latest, true);
  const functions: Finding[] = [];
  const finding = (node: ts.Node, name: string): Finding => {
    const first = lineOf(source, node.getStart(source));
    return { where: `${file.path}:${first + 1} ${name}`, lines: lineOf(source, node.getEnd()) - first + 1 };
  };
  const visit = (node: ts.Node): void => {
    const name = nameOfFunction(node);
    if (name !== undefined) functions.push(finding(node, name));
    ts.forEachChild(node, visit);
  };
  visit(source);
  const exports = source.statements.filter(isExported).map((statement) => ({
    ...finding(statement, namesOf(statement)),
    isDocumented: ts.getJSDocCommentsAndTags(statement).length > 0,
  }));
  return { functions, exports, files: [{ where: file.path, lines: file.text.trimEnd().split('\n').length }] };
}

/** Of a component only its scripts, on the lines on which they stand. */
function scriptOf({ path, text }: SourceFile): string {
  if (!path.endsWith('.svelte')) return text;
  const kept = text.replace(
    /<script[^>]*>([^]*?)<\/script>/g,
    (_, script: string) => `\u0001${script}\u0002`,
  );
  let isScript = false;
  return [...kept]
    .map((letter) => {
      if (letter === '\u0001' || letter === '\u0002') isScript = letter === '\u0001';
      return (isScript && letter !== '\u0001') || letter === '\n' ? letter : ' ';
    })
    .join('');
}

const lineOf = (source: ts.SourceFile, place: number): number =>
  source.getLineAndCharacterOfPosition(place).line;

/** The name of a function, method, or function that a variable, property or field holds; undefined for other nodes. */
function nameOfFunction(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) && node.body !== undefined) return node.name?.text ?? 'default';
  if ((ts.isMethodDeclaration(node) || ts.isAccessor(node)) && node.body !== undefined)
    return node.name.getText();
  if (ts.isConstructorDeclaration(node) && node.body !== undefined) return 'constructor';
  const isBinding =
    ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node);
  if (!isBinding || node.initializer === undefined) return undefined;
  const { initializer } = node;
  return ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)
    ? node.name.getText()
    : undefined;
}

type Declared = ts.Statement & { readonly name?: ts.Identifier };

/** Declared and exported here; what is only passed on has its docstring where it is declared. */
function isExported(statement: ts.Statement): boolean {
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isVariableStatement(statement);
  return (
    isDeclaration && statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  );
}

function namesOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  return (statement as Declared).name?.text ?? 'default';
}

/** The value that nine in ten do not exceed (nearest rank); 0 of nothing. */
export function ninetiethPercentile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(0.9 * sorted.length) - 1)] ?? 0;
}
