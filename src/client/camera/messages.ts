/** Messages from the page to the worker: the address, a picture that was asked for (or that there is none), and the end. */
export type ToWorker =
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "picture"; readonly picture: ImageBitmap | undefined }
  | { readonly type: "close" };

/** Messages from the worker to the page: the server accepts pictures, one is wanted, the connection has ended. */
export type FromWorker =
  | { readonly type: "open" }
  | { readonly type: "wanted" }
  | { readonly type: "close"; readonly code: number };
