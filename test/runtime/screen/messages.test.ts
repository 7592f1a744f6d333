import { expect, it } from "vitest";
import { parseMessage } from "../../../src/runtime/screen/messages.ts";

it.each([
  ['{"codecs":["vp8","h264","h269",3]}', { codecs: ["h264", "vp8"] }],
  ['{"codecs":[]}', { codecs: [] }],
  ['{"keyFrame":true}', { keyFrame: true }],
  ['{"isVisible":false}', { isVisible: false }],
  ['{"isVisible":true,"keyFrame":true,"more":1}', { isVisible: true, keyFrame: true }],
])("%s is understood", (text, message) => {
  expect(parseMessage(text)).toEqual(message);
});

it.each(["", "null", "7", "[]", "{}", '{"codecs":"h264"}', '{"keyFrame":false}', '{"isVisible":1}', "{"])(
  "%j is no message",
  (text) => {
    expect(parseMessage(text)).toBeUndefined();
  },
);
