import { expect, test } from "vitest";
import { webSocketAddress } from "../../src/client/address.ts";

test.each([
  ["https://host:6901/", "wss://host:6901/websockify"],
  ["https://host:6901/vnc.html#x", "wss://host:6901/websockify"],
  ["https://host/desk/1/vnc.html", "wss://host/desk/1/websockify"],
  ["http://127.0.0.1:8080/", "ws://127.0.0.1:8080/websockify"],
  ["https://host/desk/?path=other/ws", "wss://host/desk/other/ws"],
  ["https://host/desk/?path=/root/ws%3Ftoken=1", "wss://host/root/ws?token=1"],
  ["https://host/desk/?path=", "wss://host/desk/websockify"],
])("the page %s connects to %s", (page, address) => {
  expect(webSocketAddress(new URL(page))).toBe(address);
});

test.each([
  "//evil.example/x",
  "/\\evil.example/x",
  "https://evil.example/x",
  "wss://evil.example/x",
  "\\\\evil.example",
])("a path of %s never leaves the page's host", (path) => {
  const page = new URL("https://host:6901/desk/");
  page.searchParams.set("path", path);
  expect(new URL(webSocketAddress(page)).host).toBe("host:6901");
});
