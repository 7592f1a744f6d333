import type { Page } from "playwright-core";

/** The number of colours in the live picture. */
export function coloursOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#desktop canvas:not([aria-hidden])");
    const context = canvas?.getContext("2d");
    if (!canvas || !context || canvas.width === 0) return 0;
    return new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  });
}

/** The id of the focused element, or its tag. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName || "");
}

/** Visible buttons that are too low for a finger. */
export function smallButtons(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, summary, .segments label, .switch")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.offsetHeight < 44)
      .map((element) => `${element.id || element.textContent}: ${element.offsetHeight}`),
  );
}

/** Texts of the panel whose contrast with their background is below WCAG's AA (4.5). */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colour: string): number[] => {
      if (painter === null) return [];
      painter.clearRect(0, 0, 1, 1);
      painter.fillStyle = colour;
      painter.fillRect(0, 0, 1, 1);
      return [...painter.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = rgb(colour).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element: Element | null): string => {
      if (element === null) return "#000";
      const { backgroundColor } = getComputedStyle(element);
      return rgb(backgroundColor)[3] === 255 ? backgroundColor : ground(element.parentElement);
    };
    const contrast = (element: Element) => {
      const [light = 0, dark = 0] = [
        luminance(getComputedStyle(element).color),
        luminance(ground(element)),
      ].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    };
    return [...document.querySelectorAll("#panel *")]
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
      )
      .filter((element) => element.checkVisibility() && contrast(element) < 4.5)
      .map((element) => `${element.textContent?.trim()}: ${contrast(element).toFixed(2)}`);
  });
}

/** All texts of the page, visible or not, including those for screen readers; without the desktop's own name. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = document.title;
    const elements = [...document.querySelectorAll("body *:not(noscript)")];
    const attributes = ["aria-label", "title", "alt", "placeholder"].flatMap((attribute) =>
      elements.map((element) => element.getAttribute(attribute) ?? ""),
    );
    const contents = elements.flatMap((element) =>
      [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE),
    );
    const texts = [...attributes, ...contents.map(({ textContent }) => textContent ?? "")];
    const read = texts.map((text) => text.trim()).filter((text) => text !== name && /[a-z]{2}/i.test(text));
    return [...new Set(read)];
  });
}

/** Buttons and labels of the panel whose text overflows them or the panel. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const right = document.querySelector("#panel")?.getBoundingClientRect().right ?? 0;
    return [...document.querySelectorAll<HTMLElement>("#panel :is(button, label, summary, legend, a.button)")]
      .filter((element) => element.checkVisibility())
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > right,
      )
      .map((element) => element.textContent?.trim() ?? "");
  });
}
