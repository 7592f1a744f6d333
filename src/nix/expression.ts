/**
 * The part of the Nix language that Kasmix writes, as plain data. Build it with the functions below, print it
 * with `printExpression`. Whatever Nix could not read is refused when it is built or printed, never written.
 */
export type Expression =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "path"; readonly value: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "attrs"; readonly recursive: boolean; readonly bindings: readonly Binding[] }
  | { readonly kind: "lambda"; readonly parameter: Parameter; readonly body: Expression }
  | { readonly kind: "apply"; readonly function: Expression; readonly argument: Expression }
  | {
      readonly kind: "select";
      readonly from: Expression;
      readonly path: readonly string[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: "has"; readonly from: Expression; readonly path: readonly string[] }
  | { readonly kind: "let"; readonly bindings: readonly Binding[]; readonly body: Expression }
  | { readonly kind: "if"; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** One line of an attribute set or a `let`. */
export type Binding =
  | { readonly kind: "value"; readonly name: string; readonly value: Expression }
  | { readonly kind: "inherit"; readonly from?: Expression; readonly names: readonly string[] };

/** What a function takes: one name, or a set of named ones, each with its default or `undefined`. */
export type Parameter = string | { readonly fields: readonly Field[]; readonly open: boolean };

/** A field of a function's argument set. */
export interface Field {
  readonly name: string;
  readonly otherwise?: Expression;
}

export type UnaryOperator = "!" | "-";
export type BinaryOperator =
  | "++"
  | "*"
  | "/"
  | "+"
  | "-"
  | "//"
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  | "&&"
  | "||"
  | "->";

/** Data as JSON has it; `bigint` for integers that a JavaScript number does not hold exactly. */
export type Data =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Data[]
  | { readonly [key: string]: Data };

/** Plain data as an expression: lists and objects too. Refuses numbers that Nix has no notation for. */
export function data(value: Data): Expression {
  if (value === null) return name("null");
  if (typeof value === "boolean") return name(String(value));
  if (typeof value === "string") return string(value);
  if (typeof value === "number" || typeof value === "bigint") return number(value);
  if (Array.isArray(value)) return list(value.map((item: Data) => data(item)));
  return attrs(Object.entries(value).map(([key, item]) => binding(key, data(item))));
}

/** A text. */
export function string(value: string): Expression {
  return { kind: "string", value };
}

/** A path relative to the file that it stands in: `./desktop`, `../locks/desktop.json`. */
export function path(value: string): Expression {
  if (!/^\.{1,2}\//.test(value)) throw new RangeError(`Nix path: expected ./… or ../…, got ${quoted(value)}`);
  return { kind: "path", value };
}

/**
 * A number: an integer for a whole number, a float for any other. A whole number beyond 2^53 must come as
 * `bigint`, since as a JavaScript number it may already have been rounded.
 */
export function number(value: number | bigint): Expression {
  if (typeof value === "bigint") return integer(value);
  if (!Number.isFinite(value)) throw new RangeError(`Nix number: expected a finite one, got ${value}`);
  if (!Number.isInteger(value)) return float(value);
  if (!Number.isSafeInteger(value)) throw new RangeError(`Nix integer: ${value} is not exact, give a bigint`);
  return integer(BigInt(value));
}

/** A variable; also `true`, `false` and `null`, which are variables in Nix. */
export function name(value: string): Expression {
  return { kind: "name", name: value };
}

export function list(items: readonly Expression[]): Expression {
  return { kind: "list", items };
}

/** An attribute set, in the order given. No name may occur twice. */
export function attrs(bindings: readonly Binding[], { recursive = false } = {}): Expression {
  refuseDuplicates(bindings);
  return { kind: "attrs", recursive, bindings };
}

/** `name = value;` */
export function binding(name: string, value: Expression): Binding {
  return { kind: "value", name, value };
}

/** `inherit a b;` or `inherit (from) a b;` */
export function inherit(names: readonly string[], from?: Expression): Binding {
  return from === undefined ? { kind: "inherit", names } : { kind: "inherit", from, names };
}

/** A function: `x: body` for a name, `{ a, b ? 1, ... }: body` for fields. */
export function lambda(parameter: Parameter, body: Expression): Expression {
  return { kind: "lambda", parameter, body };
}

/** A function applied to its arguments, one after the other. */
export function apply(function_: Expression, ...args: readonly Expression[]): Expression {
  return args.reduce<Expression>(
    (applied, argument) => ({ kind: "apply", function: applied, argument }),
    function_,
  );
}

/** `from.a.b`, with `otherwise` as `from.a.b or otherwise`. */
export function select(from: Expression, path: readonly string[], otherwise?: Expression): Expression {
  if (path.length === 0)
    throw new RangeError("Nix selection: expected at least one attribute name, got none");
  return otherwise === undefined ? { kind: "select", from, path } : { kind: "select", from, path, otherwise };
}

/** `from ? a.b` */
export function has(from: Expression, path: readonly string[]): Expression {
  if (path.length === 0) throw new RangeError("Nix `?`: expected at least one attribute name, got none");
  return { kind: "has", from, path };
}

/** `let … in body`; without bindings just the body. */
export function letIn(bindings: readonly Binding[], body: Expression): Expression {
  refuseDuplicates(bindings);
  return bindings.length === 0 ? body : { kind: "let", bindings, body };
}

export function ifElse(condition: Expression, yes: Expression, no: Expression): Expression {
  return { kind: "if", condition, yes, no };
}

export function unary(operator: UnaryOperator, operand: Expression): Expression {
  return { kind: "unary", operator, operand };
}

export function binary(left: Expression, operator: BinaryOperator, right: Expression): Expression {
  return { kind: "binary", operator, left, right };
}

const INTEGER_LIMIT = 2n ** 63n;
/** Nix refuses to read anything smaller but 0. */
const SMALLEST_FLOAT = 2 ** -1022;

function float(value: number): Expression {
  if (Math.abs(value) < SMALLEST_FLOAT) {
    throw new RangeError(`Nix float: expected at least 2^-1022 in size, got ${value}`);
  }
  return { kind: "float", value };
}

function integer(value: bigint): Expression {
  if (value < -INTEGER_LIMIT || value >= INTEGER_LIMIT) {
    throw new RangeError(`Nix integer: expected -2^63 to 2^63 - 1, got ${value}`);
  }
  return { kind: "integer", value };
}

function refuseDuplicates(bindings: readonly Binding[]): void {
  const seen = new Set<string>();
  for (const name of bindings.flatMap((entry) => (entry.kind === "value" ? [entry.name] : entry.names))) {
    if (seen.has(name)) throw new RangeError(`Nix attributes: ${quoted(name)} is set twice`);
    seen.add(name);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
