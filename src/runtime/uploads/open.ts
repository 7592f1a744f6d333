import { makeHomeFolder } from "../confined/home-folder.ts";
import { reasonOf } from "../log/attempt.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { dropzoneRoute, refuseKasmLike } from "./dropzone.ts";
import { uploadLimit } from "./limit.ts";
import { Store } from "./store.ts";
import { createTus } from "./tus.ts";

/** Milliseconds between removals of abandoned uploads. */
const SWEEPING = 3600 * 1000;

/** Files from the browser to ~/Uploads: resumable on the gateway's port, by Kasm's protocol on 4902. */
export function openUploads({ environment, directories, ports, log }: SideOptions): SideService {
  const uploads = makeHomeFolder(directories.home, "Uploads", log);
  const limit = uploadLimit(environment, log);
  const store = new Store(uploads);
  const tus = createTus({ store, uploads, limit, log });
  const sweep = () =>
    store.sweep(tus.isActive).catch((error) => {
      log.error({
        event: "uploads.sweep",
        message: `Abandoned uploads cannot be removed: ${reasonOf(error)}`,
      });
    });
  void sweep();
  const timer = setInterval(sweep, SWEEPING).unref();
  return {
    name: "uploads",
    facts: () => ({ limit: limit ?? null }),
    routes: tus.routes,
    ports: [
      {
        ...ports.uploads,
        routes: [dropzoneRoute({ store, uploads, limit, log })],
        refuse: refuseKasmLike,
      },
    ],
    close: () => clearInterval(timer),
  };
}
