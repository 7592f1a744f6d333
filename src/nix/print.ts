import { Level, levelOf, operandLevels, unaryOperand } from "./_levels.ts";
import {
  renderBoundName,
  renderFloat,
  renderInteger,
  renderKey,
  renderName,
  renderPath,
  renderString,
} from "./_tokens.ts";
import type { Binding, Expression, Parameter } from "./expression.ts";

/** Columns after which a list, set or operation is broken into lines: the width of the project's other code. */
const WIDTH = 110;

/**
 * An expression as Nix text, laid out as nixfmt would and ending in a newline. `header` becomes comment lines
 * above it. The same expression always gives the same text; reading it back with Nix gives the expression's value.
 */
export function printExpression(expression: Expression, header: readonly string[] = []): string {
  const comment = header.map((line) => (line === "" ? "#\n" : `# ${line}\n`)).join("");
  return `${comment}${layout(expression, Level.any, { indent: 0, column: 0 })}\n`;
}

/** Where a text begins: the indentation of its line and its own column. */
interface Place {
  readonly indent: number;
  readonly column: number;
}

/** One line where that fits and reads well, else broken. */
function layout(expression: Expression, least: number, place: Place, inList = false): string {
  const line = flat(expression, least);
  if (place.column + line.length <= WIDTH && !wantsLines(expression, inList)) return line;
  const parenthesised = levelOf(expression) < least;
  const text = broken(expression, parenthesised ? { indent: place.indent, column: place.column + 1 } : place);
  return parenthesised ? `(${text})` : text;
}

function flat(expression: Expression, least: number): string {
  const text = flatForm(expression);
  return levelOf(expression) < least ? `(${text})` : text;
}

function flatForm(expression: Expression): string {
  switch (expression.kind) {
    case "string":
      return renderString(expression.value);
    case "name":
      return renderName(expression.name);
    case "integer":
      return renderInteger(expression.value).text;
    case "float":
      return renderFloat(expression.value);
    case "path":
      return renderPath(expression.value).text;
    case "list":
      return enclose(
        "[",
        expression.items.map((item) => flat(item, Level.selection)),
        "]",
      );
    case "attrs":
      return enclose("{", expression.bindings.map(flatBinding), "}");
    case "lambda":
      return `${renderParameter(expression.parameter)}: ${flat(expression.body, Level.any)}`;
    case "let":
      return `let ${expression.bindings.map(flatLetBinding).join(" ")} in ${flat(expression.body, Level.any)}`;
    case "if":
      return `if ${flat(expression.condition, Level.any)} then ${flat(expression.yes, Level.any)} else ${flat(expression.no, Level.any)}`;
    case "apply":
      return `${flat(expression.function, Level.application)} ${flat(expression.argument, Level.selection)}`;
    case "select":
      return `${flat(expression.from, Level.simple)}${selectionTail(expression)}`;
    case "has":
      return `${flat(expression.from, Level.negation)} ? ${expression.path.map(renderKey).join(".")}`;
    case "unary":
      return `${expression.operator}${flat(expression.operand, unaryOperand(expression.operator))}`;
    case "binary": {
      const [left, right] = operandLevels(expression.operator);
      return `${flat(expression.left, left)} ${expression.operator} ${flat(expression.right, right)}`;
    }
  }
}

/** Whether a form reads better in lines even where it fits into one. */
function wantsLines(expression: Expression, inList: boolean): boolean {
  switch (expression.kind) {
    case "let":
      return true;
    case "attrs": {
      const values = expression.bindings.flatMap((entry) => (entry.kind === "value" ? [entry.value] : []));
      return (!inList && expression.bindings.length > 1) || values.some((value) => wantsLines(value, false));
    }
    case "list":
      return expression.items.some((item) => wantsLines(item, true));
    case "apply":
      return wantsLines(expression.function, inList) || wantsLines(expression.argument, inList);
    case "lambda":
      return wantsLines(expression.body, inList);
    default:
      return false;
  }
}

function broken(expression: Expression, place: Place): string {
  const inner = { indent: place.indent + 2, column: place.indent + 2 };
  switch (expression.kind) {
    case "list": {
      const items = expression.items.map((item) => layout(item, Level.selection, inner, true));
      return stack("[", items, "]", place.indent);
    }
    case "attrs": {
      const bindings = expression.bindings.map((entry) => layoutBinding(entry, inner, renderKey));
      return stack("{", bindings, "}", place.indent);
    }
    case "lambda":
      return brokenLambda(expression, place);
    case "let": {
      const bindings = expression.bindings.map((entry) => layoutBinding(entry, inner, renderBoundName));
      const body = layout(expression.body, Level.any, { indent: place.indent, column: place.indent });
      return `${stack("let", bindings, "in", place.indent)}\n${spaces(place.indent)}${body}`;
    }
    case "if": {
      const [condition, yes, no] = [expression.condition, expression.yes, expression.no].map((part) =>
        layout(part, Level.any, inner),
      );
      const outer = spaces(place.indent);
      return `if ${condition} then\n${outer}  ${yes}\n${outer}else\n${outer}  ${no}`;
    }
    case "apply": {
      const function_ = layout(expression.function, Level.application, place);
      const column = columnAfter(`${function_} `, place);
      return `${function_} ${layout(expression.argument, Level.selection, { indent: place.indent, column })}`;
    }
    case "binary": {
      const [left, right] = operandLevels(expression.operator);
      const operator = `\n${spaces(inner.indent)}${expression.operator} `;
      return `${layout(expression.left, left, place)}${operator}${layout(expression.right, right, inner)}`;
    }
    case "select":
      return `${layout(expression.from, Level.simple, place)}${selectionTail(expression)}`;
    default:
      return flatForm(expression);
  }
}

/** A function on sets begins a new line for its body; at the top of a file a blank one between. */
function brokenLambda(expression: Extract<Expression, { kind: "lambda" }>, place: Place): string {
  const head = `${renderParameter(expression.parameter)}:`;
  if (typeof expression.parameter === "string") {
    const column = columnAfter(`${head} `, place);
    return `${head} ${layout(expression.body, Level.any, { indent: place.indent, column })}`;
  }
  const gap = place.column === 0 ? "\n\n" : "\n";
  const body = layout(expression.body, Level.any, { indent: place.indent, column: place.indent });
  return `${head}${gap}${spaces(place.indent)}${body}`;
}

function layoutBinding(entry: Binding, place: Place, renderLeft: (name: string) => string): string {
  if (entry.kind === "inherit") return inheritText(entry, renderLeft);
  const head = `${renderLeft(entry.name)} = `;
  const column = place.column + head.length + 1;
  return `${head}${layout(entry.value, Level.any, { indent: place.indent, column })};`;
}

function flatBinding(entry: Binding): string {
  return entry.kind === "inherit"
    ? inheritText(entry, renderKey)
    : `${renderKey(entry.name)} = ${flat(entry.value, Level.any)};`;
}

function flatLetBinding(entry: Binding): string {
  return entry.kind === "inherit"
    ? inheritText(entry, renderBoundName)
    : `${renderBoundName(entry.name)} = ${flat(entry.value, Level.any)};`;
}

function inheritText(
  entry: Extract<Binding, { kind: "inherit" }>,
  renderLeft: (name: string) => string,
): string {
  const from = entry.from === undefined ? [] : [`(${flat(entry.from, Level.any)})`];
  return `${["inherit", ...from, ...entry.names.map(renderLeft)].join(" ")};`;
}

function renderParameter(parameter: Parameter): string {
  if (typeof parameter === "string") return renderBoundName(parameter);
  const fields = parameter.fields.map(({ name, otherwise }) =>
    otherwise === undefined
      ? renderBoundName(name)
      : `${renderBoundName(name)} ? ${flat(otherwise, Level.any)}`,
  );
  const all = parameter.open ? [...fields, "..."] : fields;
  return all.length === 0 ? "{ }" : `{ ${all.join(", ")} }`;
}

function selectionTail({ path, otherwise }: Extract<Expression, { kind: "select" }>): string {
  const fallback = otherwise === undefined ? "" : ` or ${flat(otherwise, Level.selection)}`;
  return `.${path.map(renderKey).join(".")}${fallback}`;
}

function enclose(opening: string, parts: readonly string[], closing: string): string {
  return [opening, ...parts, closing].join(" ");
}

function stack(opening: string, parts: readonly string[], closing: string, indent: number): string {
  if (parts.length === 0) return `${opening} ${closing}`;
  const lines = parts.map((part) => `${spaces(indent + 2)}${part}\n`).join("");
  return `${opening}\n${lines}${spaces(indent)}${closing}`;
}

function columnAfter(text: string, place: Place): number {
  const lineStart = text.lastIndexOf("\n");
  return lineStart === -1 ? place.column + text.length : text.length - lineStart - 1;
}

function spaces(count: number): string {
  return " ".repeat(count);
}
