import { Node, Project, type SourceFile, SyntaxKind, VariableDeclarationKind } from "ts-morph";
import type { Fault } from "../model/error.ts";

/** A string literal of the source: the range between its quotes. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/**
 * The string literals of places in the default export of a workspace.ts, such as `["vendor", "signal", "version"]`: through
 * constants of the file, nested objects and spread ones. For a place that is not a plain literal, a fault with its line and
 * a fix. `shown` names the file in faults.
 */
export function findLiterals(
  source: string,
  places: readonly (readonly string[])[],
  shown: string,
): (Literal | Fault)[] {
  // The parser removes the byte order mark, and counts from after it.
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

/** Replaces the values of these literals; everything else stays byte for byte. */
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
    if (root === undefined) throw new DeadEnd(file, "there is no readable `export default`");
    return literal(resolve(place.reduce(requireProperty, root)));
  } catch (error) {
    if (!(error instanceof DeadEnd)) throw error;
    return { line: error.node.getStartLineNumber(), message: error.message };
  }
}

function literal(node: Node): Literal {
  const text = node.asKind(SyntaxKind.StringLiteral) ?? node.asKind(SyntaxKind.NoSubstitutionTemplateLiteral);
  if (text === undefined) throw new DeadEnd(node, `${excerpt(node)} is not a plain string literal`);
  return { start: text.getStart() + 1, end: text.getEnd() - 1, value: text.getLiteralValue() };
}

function requireProperty(node: Node, key: string): Node {
  const found = property(node, key);
  if (found === undefined) throw new DeadEnd(resolve(node), `${JSON.stringify(key)} does not appear here`);
  return found;
}

/** The value of a property of a node's object; of two with the same name, the later one counts. */
function property(node: Node, key: string): Node | undefined {
  const object = resolve(node).asKind(SyntaxKind.ObjectLiteralExpression);
  if (object === undefined) throw new DeadEnd(node, `${excerpt(node)} is not an object literal in this file`);
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

/** The value of an expression: without types and parentheses, through constants and defineWorkspace. */
function resolve(node: Node, hops = 0): Node {
  const next = nextOf(node);
  if (next === undefined) return node;
  if (hops > 100) throw new DeadEnd(node, `${excerpt(node)} refers to itself`);
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

/** The initializer of a top-level constant. */
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
