/** What a cell's text says by itself: its syntax errors, the names it declares and the words it mentions. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";

export type NameKind =
  "const" | "let" | "var" | "function" | "class" | "enum" | "namespace" | "import" | "type";

export interface DeclaredName {
  readonly name: string;
  readonly kind: NameKind;
  /** Whether the running cell has a value of this name: types and `declare` have none. */
  readonly hasValue: boolean;
}

/** A complaint about the author's text; offsets in UTF-16 units. */
export interface TextProblem {
  readonly start: number;
  readonly messages: readonly string[];
}

export interface CellText {
  readonly syntaxProblems: readonly TextProblem[];
  /** What is good TypeScript and has no meaning in a cell. */
  readonly refused: readonly TextProblem[];
  /** By name; a name with a value and a type is listed with its value. */
  readonly declared: ReadonlyMap<string, DeclaredName>;
  /** The names that the author's own `export` already covers. */
  readonly exported: ReadonlySet<string>;
  /** Nothing but white space and comments. */
  readonly isEmpty: boolean;
  /** Every identifier of the text. */
  readonly mentioned: ReadonlySet<string>;
}

/**
 * The packages that a cell imports for their values, by a glance at its text: no local files, and not what Node
 * has built in.
 */
export function packagesOf(source: string): string[] {
  return parseModule(source).statements.flatMap((node) => {
    if (!typescript.isImportDeclaration(node) || !typescript.isStringLiteral(node.moduleSpecifier)) return [];
    const isType = node.importClause?.phaseModifier === typescript.SyntaxKind.TypeKeyword;
    const { text } = node.moduleSpecifier;
    return isType || /^(node:|\.|\/)/.test(text) ? [] : [text];
  });
}

export function readCell(source: string): CellText {
  const file = parseModule(source);
  const syntaxProblems = parseErrors(file).map(({ start, messageText }) => ({
    start: Math.min(start, source.trimEnd().length),
    messages: [typescript.flattenDiagnosticMessageText(messageText, "\n")],
  }));
  const declared = new Map<string, DeclaredName>();
  const declare = (name: string, kind: NameKind, hasValue: boolean): void => {
    const known = declared.get(name);
    if (known === undefined || (hasValue && !known.hasValue)) declared.set(name, { name, kind, hasValue });
  };
  for (const statement of file.statements) declareStatement(statement, declare);
  for (const statement of file.statements) declareHoisted(statement, declare);
  return {
    syntaxProblems,
    isEmpty: file.statements.length === 0,
    refused: file.statements.flatMap((statement) => refuse(statement, file)),
    declared,
    exported: new Set(file.statements.flatMap(exportedNames)),
    mentioned: identifiers(file),
  };
}

/** Parses a text as a module, so that `await` at its top level is no identifier. */
export function parseModule(source: string): ts.SourceFile {
  return typescript.createSourceFile(
    "cell.mts",
    source,
    {
      languageVersion: typescript.ScriptTarget.ES2022,
      setExternalModuleIndicator: (file) => {
        (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
      },
    },
    true,
  );
}

/** The compiler keeps them on the tree, and publishes them only through a whole program. */
export function parseErrors(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  const { parseDiagnostics } = file as unknown as {
    readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  };
  return parseDiagnostics;
}

type Declare = (name: string, kind: NameKind, hasValue: boolean) => void;

function declareStatement(node: ts.Statement, declare: Declare): void {
  const real = !hasModifier(node, typescript.SyntaxKind.DeclareKeyword);
  if (typescript.isVariableStatement(node)) {
    const kind = variableKind(node.declarationList);
    for (const name of boundNames(node.declarationList)) declare(name, kind, real);
  } else if (typescript.isFunctionDeclaration(node) || typescript.isClassDeclaration(node)) {
    const kind = typescript.isClassDeclaration(node) ? "class" : "function";
    if (node.name !== undefined) declare(node.name.text, kind, real);
  } else if (typescript.isEnumDeclaration(node)) {
    declare(node.name.text, "enum", real);
  } else if (typescript.isModuleDeclaration(node)) {
    const isNamespace = (node.flags & typescript.NodeFlags.Namespace) !== 0;
    if (isNamespace) declare(node.name.text, "namespace", real && isInstantiated(node));
  } else if (typescript.isInterfaceDeclaration(node) || typescript.isTypeAliasDeclaration(node)) {
    declare(node.name.text, "type", false);
  } else if (typescript.isImportDeclaration(node)) {
    for (const { name, isType } of importedNames(node)) declare(name, "import", !isType);
  }
}

/** A `var` in a nested block belongs to the whole cell. */
function declareHoisted(node: ts.Node, declare: Declare): void {
  if (typescript.isVariableDeclarationList(node) && variableKind(node) === "var") {
    const ambient = hasModifier(node.parent, typescript.SyntaxKind.DeclareKeyword);
    for (const name of boundNames(node)) declare(name, "var", !ambient);
  }
  const hasOwnVariables =
    typescript.isFunctionLike(node) ||
    typescript.isModuleDeclaration(node) ||
    typescript.isClassStaticBlockDeclaration(node) ||
    typescript.isPropertyDeclaration(node);
  if (!hasOwnVariables) typescript.forEachChild(node, (child) => declareHoisted(child, declare));
}

function variableKind({ flags }: ts.VariableDeclarationList): "const" | "let" | "var" {
  // `using` has flags of its own; `await using` shares those of both.
  if ((flags & (typescript.NodeFlags.Const | typescript.NodeFlags.Using)) !== 0) return "const";
  return (flags & typescript.NodeFlags.Let) !== 0 ? "let" : "var";
}

function boundNames(list: ts.VariableDeclarationList): string[] {
  const names = (name: ts.BindingName): string[] =>
    typescript.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((one) => (typescript.isBindingElement(one) ? names(one.name) : []));
  return list.declarations.flatMap(({ name }) => names(name));
}

/** Whether a namespace holds anything but types; one that does not leaves no trace in JavaScript. */
function isInstantiated({ body }: ts.ModuleDeclaration): boolean {
  if (body === undefined) return false;
  if (typescript.isModuleDeclaration(body)) return isInstantiated(body);
  return (
    !typescript.isModuleBlock(body) ||
    body.statements.some((one) =>
      typescript.isModuleDeclaration(one)
        ? isInstantiated(one)
        : !typescript.isInterfaceDeclaration(one) && !typescript.isTypeAliasDeclaration(one),
    )
  );
}

function importedNames({ importClause }: ts.ImportDeclaration): { name: string; isType: boolean }[] {
  if (importClause === undefined) return [];
  const isType = importClause.phaseModifier === typescript.SyntaxKind.TypeKeyword;
  const { name, namedBindings } = importClause;
  const named =
    namedBindings === undefined
      ? []
      : typescript.isNamespaceImport(namedBindings)
        ? [{ name: namedBindings.name.text, isType }]
        : namedBindings.elements.map((one) => ({ name: one.name.text, isType: isType || one.isTypeOnly }));
  return name === undefined ? named : [{ name: name.text, isType }, ...named];
}

function exportedNames(node: ts.Statement): string[] {
  if (typescript.isExportDeclaration(node)) {
    const clause = node.exportClause;
    if (clause === undefined || !typescript.isNamedExports(clause)) return [];
    return clause.elements.map(({ name }) => name.text);
  }
  if (!hasModifier(node, typescript.SyntaxKind.ExportKeyword)) return [];
  const names: string[] = [];
  declareStatement(node, (name) => names.push(name));
  return names;
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    typescript.canHaveModifiers(node) &&
    typescript.getModifiers(node)?.some((one) => one.kind === kind) === true
  );
}

function refuse(node: ts.Statement, file: ts.SourceFile): TextProblem[] {
  const problem = (message: string): TextProblem[] => [{ start: node.getStart(file), messages: [message] }];
  if (typescript.isExportAssignment(node) || hasModifier(node, typescript.SyntaxKind.DefaultKeyword)) {
    return problem("A cell has no default export. Give the value a name: every cell below can use it.");
  }
  if (typescript.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return problem(
      "A cell exports nothing from other modules. Import the names: every cell below can use them.",
    );
  }
  if (typescript.isImportEqualsDeclaration(node)) {
    return problem('A cell imports in the form `import … from "module"`, or by `const … = require(…)`.');
  }
  return [];
}

function identifiers(file: ts.SourceFile): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node)) found.add(node.text);
    typescript.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
