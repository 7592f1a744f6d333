import { basename } from "node:path";
import { makeHomeFolder } from "../confined/home-folder.ts";
import { type Opened, openBelow } from "../confined/resolve.ts";
import { LIKE_KASMVNC } from "../gateway/like-kasmvnc.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import { send, sendJson, sendText } from "../gateway/send.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { listLikeKasm } from "./kasm-list.ts";
import { listFolder } from "./list.ts";
import { sendArchive } from "./send-archive.ts";
import { sendFile } from "./send-file.ts";

const FILES = "/files";
const LISTS = "/api/files";
/** Address of ~/Downloads in KasmVNC. */
const KASM_FILES = "/Downloads/Downloads";
const DOWNLOADS = "Downloads";

/** Files from the home to the browser: lists of folders, files, and folders as ZIP archives. */
export function openDownloads({ directories, log }: SideOptions): SideService {
  const { home } = directories;
  makeHomeFolder(home, DOWNLOADS, log);
  const route = (path: string, handle: Route["handle"]): Route => ({
    path,
    needs: "owner",
    handle: guard(log, handle),
  });
  return {
    name: "downloads",
    routes: [
      { ...route("/api/downloads", (exchange) => tellLikeKasm(home, exchange)), ...LIKE_KASMVNC },
      route(`${KASM_FILES}/*`, (exchange) =>
        fetch(home, DOWNLOADS + exchange.path.slice(KASM_FILES.length), exchange),
      ),
      route(`${LISTS}/*`, (exchange) => list(home, exchange)),
      route(`${FILES}/*`, (exchange) => fetch(home, exchange.path.slice(FILES.length), exchange)),
    ],
    close() {},
  };
}

/** Answers and logs errors of the file system. */
function guard(log: Log, handle: Route["handle"]): Route["handle"] {
  return async (exchange) => {
    try {
      await handle(exchange);
    } catch (error) {
      log.error({ event: "downloads.failed", message: reasonOf(error) });
      if (exchange.response.headersSent) exchange.response.destroy();
      else sendText(exchange.response, 500, "the file or folder cannot be read, see the log");
    }
  };
}

/** As KasmVNC answers: `text/json`, and 400 to anything but a folder below ~/Downloads. */
async function tellLikeKasm(home: string, { request, response }: Exchange): Promise<void> {
  const path = new URL(request.url ?? "/", "https://kasmix").searchParams.get("path") ?? "";
  // Resolved below the home, because ~/Downloads may be a link, which must not lead out of it.
  const opened = await openBelow(home, `${DOWNLOADS}/${path}`);
  if (opened?.kind !== "folder") {
    await close(opened);
    return sendText(response, 400, "400 Bad Request");
  }
  const listing = await listLikeKasm(opened.folder).finally(() => opened.folder.close());
  response.setHeader("Content-Type", "text/json");
  send(response, 200, Buffer.from(JSON.stringify(listing)));
}

async function list(home: string, { response, path }: Exchange): Promise<void> {
  const opened = await openBelow(home, path.slice(LISTS.length));
  if (opened?.kind !== "folder") {
    await close(opened);
    return sendText(response, 404, "no such folder");
  }
  sendJson(response, await listFolder(opened.folder, home).finally(() => opened.folder.close()));
}

async function fetch(home: string, path: string, { request, response }: Exchange): Promise<void> {
  const name = basename(path) || basename(home);
  const opened = await openBelow(home, path);
  if (!opened) return sendText(response, 404, "no such file");
  if (opened.kind === "file") return sendFile(request, response, { ...opened, name });
  if (request.method === "HEAD") {
    await opened.folder.close();
    response.setHeader("Content-Type", "application/zip");
    response.writeHead(200).end();
  } else await sendArchive(response, opened.folder, name);
}

async function close(opened: Opened | undefined): Promise<void> {
  if (opened?.kind === "folder") await opened.folder.close();
  else await opened?.file.close();
}
