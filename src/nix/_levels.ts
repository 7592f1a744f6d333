import { renderInteger, renderPath } from "./_tokens.ts";
import type { BinaryOperator, Expression } from "./expression.ts";

/** How tightly a form binds, from Nix's grammar: a part that binds looser than its place asks gets parentheses. */
export const Level = {
  any: 0,
  implication: 1,
  or: 2,
  and: 3,
  equality: 4,
  comparison: 5,
  update: 6,
  not: 7,
  sum: 8,
  product: 9,
  concatenation: 10,
  has: 11,
  negation: 12,
  application: 13,
  selection: 14,
  simple: 15,
} as const;

interface Operator {
  readonly level: number;
  /** The side on which the same operator may stand without parentheses. */
  readonly groups: "left" | "right" | "neither";
}

const OPERATORS: Readonly<Record<BinaryOperator, Operator>> = {
  "->": { level: Level.implication, groups: "right" },
  "||": { level: Level.or, groups: "left" },
  "&&": { level: Level.and, groups: "left" },
  "==": { level: Level.equality, groups: "neither" },
  "!=": { level: Level.equality, groups: "neither" },
  "<": { level: Level.comparison, groups: "neither" },
  "<=": { level: Level.comparison, groups: "neither" },
  ">": { level: Level.comparison, groups: "neither" },
  ">=": { level: Level.comparison, groups: "neither" },
  "//": { level: Level.update, groups: "right" },
  "+": { level: Level.sum, groups: "left" },
  "-": { level: Level.sum, groups: "left" },
  "*": { level: Level.product, groups: "left" },
  "/": { level: Level.product, groups: "left" },
  "++": { level: Level.concatenation, groups: "right" },
};

/** The level at which an expression binds when printed. */
export function levelOf(expression: Expression): number {
  switch (expression.kind) {
    case "string":
    case "name":
    case "list":
    case "attrs":
      return Level.simple;
    // A dot after a number or a path would be read as part of it.
    case "integer":
      if (renderInteger(expression.value).isSum) return Level.sum;
      return expression.value < 0n ? Level.negation : Level.selection;
    case "float":
      return expression.value < 0 ? Level.negation : Level.selection;
    case "path":
      return renderPath(expression.value).isSum ? Level.sum : Level.selection;
    case "select":
      return Level.selection;
    case "apply":
      return Level.application;
    case "has":
      return Level.has;
    case "unary":
      return expression.operator === "!" ? Level.not : Level.negation;
    case "binary":
      return OPERATORS[expression.operator].level;
    case "lambda":
    case "let":
    case "if":
      return Level.any;
  }
}

/** The least level that the operand of a prefix operator may have without parentheses. */
export function unaryOperand(operator: "!" | "-"): number {
  return operator === "!" ? Level.not : Level.application;
}

/** The least levels that the two operands of an operator may have without parentheses. */
export function operandLevels(operator: BinaryOperator): [left: number, right: number] {
  const { level, groups } = OPERATORS[operator];
  return [groups === "left" ? level : level + 1, groups === "right" ? level : level + 1];
}
