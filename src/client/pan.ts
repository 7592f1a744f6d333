/** A picture in a place along one axis, in pixels of the page. */
export interface Axis {
  readonly place: number;
  readonly picture: number;
  /** How far the picture is moved towards the start; a picture that is smaller than the place is in its middle. */
  readonly scrolled: number;
}

/** Scrolls so that the picture moves by so many pixels, or as far as it goes; `rest` is what is left of them. */
export function pan(axis: Axis, by: number): { readonly scrolled: number; readonly rest: number } {
  const wanted = axis.scrolled - by;
  const scrolled = clamp(wanted, axis);
  return { scrolled, rest: scrolled - wanted };
}

/** How far to scroll so that the point `at` of the place shows the same when the picture becomes so many times larger. */
export function scrolledAfter(axis: Axis, times: number, at: number): number {
  const larger = { place: axis.place, picture: axis.picture * times };
  const start = at - times * (at - margin(axis) + axis.scrolled);
  return clamp(margin(larger) - start, larger);
}

function clamp(scrolled: number, { place, picture }: Omit<Axis, "scrolled">): number {
  return Math.min(Math.max(0, picture - place), Math.max(0, scrolled));
}

function margin({ place, picture }: Omit<Axis, "scrolled">): number {
  return Math.max(0, (place - picture) / 2);
}
