import type { XConnection } from "../../../../src/runtime/x11/connect.ts";
import { type Content, SQUARE } from "../contents.ts";
import { BLOCK, blocksOf } from "../counter.ts";
import type { Raster } from "../raster.ts";
import { filmLength, filmPicture, pictureAt } from "./film.ts";
import {
  clearWindow,
  copyArea,
  createContext,
  createCover,
  createPixmap,
  fillAreas,
  mapWindow,
  moveWindow,
  putPicture,
  setBackground,
} from "./requests.ts";

/** Something to show in a window that covers the desktop. */
export interface Scene {
  /** The requests that turn one picture into the next, which has this number. */
  draw(number: number): Buffer[];
  /** The requests that answer a key or a click. */
  answer(): Buffer[];
}

/** A window to draw in, with what to draw in black, white and the caret's colour. */
export interface Stage {
  readonly x: XConnection;
  readonly window: number;
  readonly black: number;
  readonly white: number;
}

/** Covers a desktop and creates a scene in front of it. `page` is the page of text. */
export function createScene(
  x: XConnection,
  content: Content,
  page: Raster,
): Scene & { readonly window: number } {
  const { width, height } = content;
  const [window, black, white] = [x.newId(), x.newId(), x.newId()];
  x.send(createCover(window, x.root, { x: 0, y: 0, width, height }));
  x.send(createContext(black, window, 0));
  x.send(createContext(white, window, 0xff_ff_ff));
  const scene = SCENES[content.name]({ x, window, black, white }, content, page);
  x.send(mapWindow(window));
  x.send(clearWindow(window));
  return { window, ...scene };
}

type CreateScene = (stage: Stage, content: Content, page: Raster) => Scene;

const SCENES: Readonly<Record<Content["name"], CreateScene>> = {
  text: scrollText,
  drag: dragWindow,
  video: playFilm,
  still: blinkCaret,
  probe: waitForInput,
};

const NOTHING = () => [];

/** Scrolls as somebody who skims a long page: 5 pixels a picture. */
function scrollText(stage: Stage, { width, height }: Content, page: Raster): Scene {
  const pixmap = upload(stage, page);
  const room = page.height - height;
  return {
    draw: (number) => [
      copyArea(pixmap, stage.window, stage.black, { x: 0, y: (number * 5) % room, width, height }),
      ...drawNumber(stage, number),
    ],
    answer: NOTHING,
  };
}

/** A window with text, which goes round over a photograph. The X server itself paints what it uncovers. */
function dragWindow(stage: Stage, { width, height }: Content, page: Raster): Scene {
  const { x, window } = stage;
  x.send(setBackground(window, upload(stage, filmPicture(0, width, height))));
  const size = { width: 640, height: 420 };
  const dragged = x.newId();
  x.send(createCover(dragged, window, { x: 0, y: 0, ...size }));
  x.send(setBackground(dragged, upload(stage, page)));
  x.send(mapWindow(dragged));
  const place = (middle: number, radius: number, turn: number) => Math.round(middle + radius * turn);
  return {
    draw: (number) => [
      moveWindow(
        dragged,
        place((width - size.width) / 2, 250, Math.sin(number / 40)),
        place((height - size.height) / 2, 120, Math.cos(number / 31)),
      ),
      ...drawNumber(stage, number),
    ],
    answer: NOTHING,
  };
}

function playFilm(stage: Stage, { width, height }: Content): Scene {
  const length = filmLength(width, height);
  const pixmaps = Array.from({ length }, (_, at) => upload(stage, filmPicture(at, width, height)));
  const whole = { x: 0, y: 0, width, height };
  return {
    draw: (number) => [
      copyArea(pixmaps[pictureAt(number, length)] ?? 0, stage.window, stage.black, whole),
      ...drawNumber(stage, number),
    ],
    answer: NOTHING,
  };
}

const CARET = { x: 640, y: 352, width: 2, height: 18 };
/** Pictures from one blink to the next: about as long as GTK's. */
const BLINK = 36;

function blinkCaret(stage: Stage, _content: Content, page: Raster): Scene {
  stage.x.send(setBackground(stage.window, upload(stage, page)));
  return {
    draw(number) {
      if (number % BLINK !== 0) return [];
      const context = number % (2 * BLINK) === 0 ? stage.black : stage.white;
      return [fillAreas(stage.window, context, [CARET])];
    },
    answer: NOTHING,
  };
}

function waitForInput(stage: Stage, _content: Content, page: Raster): Scene {
  stage.x.send(setBackground(stage.window, upload(stage, page)));
  let isBlack = false;
  return {
    // Nothing moves. The square is white when it is first seen.
    draw: (number) => (number === 0 ? [fillAreas(stage.window, stage.white, [SQUARE])] : []),
    answer() {
      isBlack = !isBlack;
      return [fillAreas(stage.window, isBlack ? stage.black : stage.white, [SQUARE])];
    },
  };
}

/** Sends a picture to the X server, from which it is then copied without a cost for the bench. */
function upload({ x, window, black }: Stage, picture: Raster): number {
  const pixmap = x.newId();
  x.send(createPixmap(pixmap, window, picture.width, picture.height));
  for (const part of putPicture(pixmap, black, picture, x.longestData)) x.send(part);
  return pixmap;
}

function drawNumber({ window, black, white }: Stage, number: number): Buffer[] {
  const blocks = blocksOf(number).map((isWhite, at) => ({
    isWhite,
    x: at * BLOCK,
    y: 0,
    width: BLOCK,
    height: BLOCK,
  }));
  const [whites, blacks] = [
    blocks.filter(({ isWhite }) => isWhite),
    blocks.filter(({ isWhite }) => !isWhite),
  ];
  return [fillAreas(window, white, whites), fillAreas(window, black, blacks)];
}
