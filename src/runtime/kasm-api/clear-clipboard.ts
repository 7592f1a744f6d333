import { connectX } from "../x11/connect.ts";
import { getSelectionOwner, internAtom, NONE, setSelectionOwner } from "../x11/requests.ts";

/** Predefined atom of the primary selection: what is marked with the mouse. */
const PRIMARY = 1;

/** Clears the desktop's clipboard and its primary selection. Rejects without an X server. */
export async function clearClipboard({ path, readCookie }: { path: string; readCookie: () => Buffer }) {
  const x = await connectX(path, readCookie());
  try {
    const clipboard = (await x.ask(internAtom("CLIPBOARD"))).readUInt32LE(8);
    for (const selection of [clipboard, PRIMARY]) x.send(setSelectionOwner(NONE, selection, NONE));
    // A round trip: the requests before it have been carried out.
    await x.ask(getSelectionOwner(clipboard));
  } finally {
    x.close();
  }
}
