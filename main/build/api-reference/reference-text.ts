import path from 'node:path';
import ts from 'typescript';

/** An exported item: its name as the user writes it, the folder it comes from, how it is declared and what it says. */
interface Item {
  readonly name: string;
  readonly chapter: string;
  readonly declaration: string;
  readonly text: string;
  readonly members: readonly string[];
}

/**
 * The reference of a package as Markdown, from the docstrings of what its index.ts exports: a chapter for each folder, an
 * entry for each item with its signature and, for interfaces, what each member means. The same text on every machine.
 */
export function apiReference(packageFolder: string): string {
  const entry = path.join(packageFolder, 'index.ts');
  const { config } = ts.readConfigFile(path.join(packageFolder, '../tsconfig.json'), (file) =>
    ts.sys.readFile(file),
  ) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path.dirname(packageFolder));
  const program = ts.createProgram([entry], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const items = itemsOf(
    checker,
    checker.getSymbolAtLocation(program.getSourceFile(entry)!)!,
    '',
    packageFolder,
  );
  return ts.sys.newLine === '\n' ? pageOf(items) : pageOf(items).replaceAll(ts.sys.newLine, '\n');
}

function itemsOf(checker: ts.TypeChecker, module: ts.Symbol, prefix: string, packageFolder: string): Item[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const name = `${prefix}${exported.name}`;
    if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0)
      return itemsOf(checker, symbol, `${name}.`, packageFolder);
    const declaration = symbol.declarations?.[0];
    if (!declaration) return [];
    const file = path.relative(packageFolder, declaration.getSourceFile().fileName).split(path.sep);
    return [
      {
        name,
        chapter: file.length > 1 ? file[0] : 'core',
        declaration: declarationOf(checker, symbol, declaration),
        text: plainText(ts.displayPartsToString(symbol.getDocumentationComment(checker))),
        members: membersOf(checker, declaration),
      },
    ];
  });
}

/** The declaration without its body and its docstrings, on as few lines as the formatter's width allows. */
function declarationOf(checker: ts.TypeChecker, symbol: ts.Symbol, declaration: ts.Declaration): string {
  if (ts.isFunctionDeclaration(declaration)) {
    const signatures = checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures();
    return signatures
      .map(
        (signature) => `function ${symbol.name}${checker.signatureToString(signature, declaration, FLAGS)}`,
      )
      .join('\n');
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    const parents = declaration.heritageClauses?.map((clause) => clause.getText()).join(' ') ?? '';
    const parameters = declaration.typeParameters?.map((parameter) => parameter.getText()).join(', ');
    return ['interface', `${symbol.name}${parameters ? `<${parameters}>` : ''}`, parents]
      .filter(Boolean)
      .join(' ');
  }
  if (ts.isTypeAliasDeclaration(declaration))
    return declaration
      .getText()
      .replace(/^export /, '')
      .replace(/;$/, '');
  if (ts.isClassDeclaration(declaration)) return `class ${symbol.name}`;
  return `const ${symbol.name}: ${checker.typeToString(checker.getTypeOfSymbolAtLocation(symbol, declaration), declaration, FLAGS)}`;
}

const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

/** One line of a list for each member of an interface that has something to say. */
function membersOf(checker: ts.TypeChecker, declaration: ts.Declaration): string[] {
  if (!ts.isInterfaceDeclaration(declaration)) return [];
  return declaration.members.flatMap((member) => {
    const symbol = member.name && checker.getSymbolAtLocation(member.name);
    if (!symbol) return [];
    const fallback = symbol.getJsDocTags(checker).find(({ name }) => name === 'default');
    const text = plainText(ts.displayPartsToString(symbol.getDocumentationComment(checker))).replaceAll(
      '\n',
      ' ',
    );
    const byDefault = fallback ? ` Default: ${ts.displayPartsToString(fallback.text)}.` : '';
    return [
      `- \`${member
        .getText()
        .replace(/^readonly /, '')
        .replace(/;$/, '')
        .replaceAll(/\s+/g, ' ')}\` ${text}${byDefault}`.trimEnd(),
    ];
  });
}

/** Links to other items become their names. */
const plainText = (text: string): string => text.replaceAll(/\{@link (\w+)\}/g, '`$1`');

function pageOf(items: readonly Item[]): string {
  const chapters = [...new Set(items.map(({ chapter }) => chapter))];
  const sections = chapters.map((chapter) => {
    const own = items
      .filter((item) => item.chapter === chapter)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return [`## ${chapter}`, ...own.map(entryOf)].join('\n\n');
  });
  const head =
    '# Reference\n\nMade from the docstrings by `npm run api`; README.md is the guide. Shapes are in brackets, [n] a vector, [m, n] a matrix.';
  return `${[head, ...sections].join('\n\n')}\n`;
}

function entryOf({ name, declaration, text, members }: Item): string {
  return [`### ${name}`, `\`\`\`ts\n${declaration}\n\`\`\``, text, members.join('\n')]
    .filter(Boolean)
    .join('\n\n');
}
