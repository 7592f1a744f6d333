import { Node, Project, type SourceFile, SyntaxKind, VariableDeclarationKind } from "ts-morph";
import type { Fault } from "../model/error.ts";

/** A string literal that a place of the model comes from: where its text stands between the quotes. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/**
 * The string literals behind places of the object that a workspace.ts has as its default export, such as
 * `["vendor", "signal", "version"]`: through constants of the file, nested objects and spread ones. For a place that
 * is no plain literal, a fault that says where it stands and what to do. `shown` is what faults call the file.
 */
export function findLiterals(
  source: string,
  places: readonly (readonly string[])[],
  shown: string,
): (Literal | Fault)[] {
  // The parser takes it away, and would count from behind it.
  const mark = source.startsWith("\uFEFF") ? 1 : 0;
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const file = project.createSourceFile("workspace.ts", source.slice(mark));
  return places.map((place) => {
    const found = follow(file, place);
    if ("start" in found) return { ...found, start: found.start + mark, end: found.end + mark };
    const path = `${place.join(".")} (${shown}:${found.line})`;
    return { path, message: found.message, fix: "Write it as a string in quotes, or change it by hand." };
  });
}

/** The text with other values in place of these literals; everything else stays as it is, byte for byte. */
export function replaceLiterals(
  source: string,
  changes: readonly { readonly literal: Literal; readonly value: string }[],
): string {
  return changes
    .toSorted((a, b) => b.literal.start - a.literal.start)
    .reduce(
      (text, { literal, value }) => text.slice(0, literal.start) + value + text.slice(literal.end),
      source,
    );
}

/** Thrown inside this file: the search cannot go on from here. */
class DeadEnd extends Error {
  readonly node: Node;
  constructor(node: Node, message: string) {
    super(message);
    this.node = node;
  }
}

function follow(
  file: SourceFile,
  place: readonly string[],
): Literal | { readonly line: number; readonly message: string } {
  try {
    const root = file.getExportAssignment((each) => !each.isExportEquals())?.getExpression();
    if (root === undefined) throw new DeadEnd(file, "there is no `export default` that can be read");
    return literal(resolve(place.reduce(requireProperty, root)));
  } catch (error) {
    if (!(error instanceof DeadEnd)) throw error;
    return { line: error.node.getStartLineNumber(), message: error.message };
  }
}

function literal(node: Node): Literal {
  const text = node.asKind(SyntaxKind.StringLiteral) ?? node.asKind(SyntaxKind.NoSubstitutionTemplateLiteral);
  if (text === undefined) throw new DeadEnd(node, `${excerpt(node)} is no plain string literal`);
  return { start: text.getStart() + 1, end: text.getEnd() - 1, value: text.getLiteralValue() };
}

function requireProperty(node: Node, key: string): Node {
  const found = property(node, key);
  if (found === undefined) throw new DeadEnd(resolve(node), `${JSON.stringify(key)} is not written out here`);
  return found;
}

/** The value of a property of what a node stands for; of two with one name the later counts. */
function property(node: Node, key: string): Node | undefined {
  const object = resolve(node).asKind(SyntaxKind.ObjectLiteralExpression);
  if (object === undefined)
    throw new DeadEnd(node, `${excerpt(node)} is no object that is written out in this file`);
  for (const entry of object.getProperties().toReversed()) {
    const spread = entry.asKind(SyntaxKind.SpreadAssignment);
    const inner = spread && property(spread.getExpression(), key);
    if (inner !== undefined) return inner;
    const assigned = entry.asKind(SyntaxKind.PropertyAssignment);
    if (assigned && nameOf(assigned.getNameNode()) === key) return assigned.getInitializerOrThrow();
    const short = entry.asKind(SyntaxKind.ShorthandPropertyAssignment);
    if (short?.getName() === key) return short.getNameNode();
  }
  return undefined;
}

/** What an expression stands for: without what types and brackets add, through constants and defineWorkspace. */
function resolve(node: Node, hops = 0): Node {
  const next = nextOf(node);
  if (next === undefined) return node;
  if (hops > 100) throw new DeadEnd(node, `${excerpt(node)} goes round in a circle`);
  return resolve(next, hops + 1);
}

function nextOf(node: Node): Node | undefined {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isNonNullExpression(node)
  ) {
    return node.getExpression();
  }
  if (Node.isCallExpression(node)) {
    return node.getExpression().getText() === "defineWorkspace" ? node.getArguments()[0] : undefined;
  }
  if (Node.isPropertyAccessExpression(node)) return property(node.getExpression(), node.getName());
  if (Node.isElementAccessExpression(node)) {
    const key = resolve(node.getArgumentExpressionOrThrow());
    return Node.isStringLiteral(key) ? property(node.getExpression(), key.getLiteralValue()) : undefined;
  }
  return Node.isIdentifier(node) ? constant(node) : undefined;
}

/** What a constant of the file's top was made of. */
function constant(name: Node): Node | undefined {
  const variable = name.getSourceFile().getVariableDeclaration(name.getText());
  const isConstant = variable?.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const;
  return isConstant ? variable?.getInitializer() : undefined;
}

function nameOf(node: Node): string | undefined {
  if (Node.isComputedPropertyName(node)) return nameOf(node.getExpression());
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralValue();
  return Node.isIdentifier(node) ? node.getText() : undefined;
}

function excerpt(node: Node): string {
  const text = node.getText().replaceAll(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
