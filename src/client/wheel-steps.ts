/** Pixels of wheel motion in a step, and in a line: noVNC's values. */
const STEP = 50;
const LINE = 19;

/** X's number for a button of the DOM: left, middle, right, then back and forward after the wheel's four. */
export function xButton(button: number): number {
  return button < 3 ? button + 1 : button + 5;
}

/** Adds wheel motion up to steps; returns X's button for each: 4 up, 5 down, 6 left, 7 right. */
export function createSteps(): (turn: Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode">) => number[] {
  const turned = { x: 0, y: 0 };
  const stepsOf = (axis: "x" | "y", less: number, more: number) => {
    const steps = Math.trunc(turned[axis] / STEP);
    turned[axis] -= steps * STEP;
    return Array<number>(Math.abs(steps)).fill(steps < 0 ? less : more);
  };
  return ({ deltaX, deltaY, deltaMode }) => {
    const factor = deltaMode === 0 ? 1 : LINE;
    turned.x += factor * deltaX;
    turned.y += factor * deltaY;
    return [...stepsOf("y", 4, 5), ...stepsOf("x", 6, 7)];
  };
}
