import { CAMERA } from "../../wire/camera.ts";
import { cameraSocket } from "../devices/environment.ts";
import { createSockets } from "../gateway/sockets.ts";
import type { SideOptions, SideService } from "../side/service.ts";
import { openCameraDevice } from "./device.ts";
import { renderOffPicture } from "./off-picture.ts";
import { createStage } from "./stage.ts";

/** WebSockets: one shows its camera, and displaced ones are closing. */
const MOST_CLIENTS = 8;

/** Makes the camera of the owner's browser a camera of the desktop. */
export function openCamera({ directories, log }: SideOptions): SideService {
  const off = renderOffPicture();
  const device = openCameraDevice({
    path: cameraSocket(directories),
    picture: off,
    onWatched: () => stage.ask(),
    log,
  });
  const stage = createStage({ device, off, log });
  const sockets = createSockets({
    onClient: stage.enter,
    log,
    limit: MOST_CLIENTS,
    // Programs see the last picture until a broken connection has been noticed.
    keepAlive: 5_000,
    longestMessage: CAMERA.longest,
  });
  const { version, width, height, rate } = CAMERA;
  return {
    name: "camera",
    facts: () => ({ version, width, height, rate }),
    sockets: [{ path: "/camera", needs: "owner", upgrade: sockets.upgrade }],
    close() {
      sockets.close();
      device.close();
    },
  };
}
