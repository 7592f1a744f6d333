/** The format of the camera's messages; docs/internals/messages.md describes it for other clients. */
export const CAMERA = {
  version: 1,
  /** Pixels of every picture. */
  width: 640,
  height: 480,
  /** Most pictures per second. */
  rate: 30,
  /** Most bytes of a picture, a JPEG; nix/devices/camera.c has the same. */
  longest: 640 * 480 * 2,
} as const;

/** The JSON message to the page, at first and whenever more pictures are wanted. */
export interface CameraReport {
  readonly version: number;
  /** How many more pictures may be sent; 0 while no program looks. */
  readonly wanted: number;
}
