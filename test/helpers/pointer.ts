import type { TestContainer } from "./container.ts";

/** Where the X server of a container has the pointer: "150 120". */
export async function pointerOf(container: TestContainer): Promise<string> {
  return (await container.exec("python3", "-c", ASK)).trim();
}

const ASK = `
from ctypes import *
x = CDLL("libX11.so.6")
x.XOpenDisplay.restype = c_void_p
x.XDefaultRootWindow.argtypes = [c_void_p]
display = x.XOpenDisplay(None)
out = [c_long() for _ in range(7)]
x.XQueryPointer(c_void_p(display), c_ulong(x.XDefaultRootWindow(display)), *map(byref, out))
print(out[2].value, out[3].value)
`;
