/** A layer as a registry keeps it. */
export interface ScaledLayer {
  readonly digest: string;
  /** `core`, `packages`, `vendor`, `wheel` or `files`. */
  readonly kind: string;
  /** Bytes, compressed. */
  readonly size: number;
}

export interface ScaledImage {
  readonly name: string;
  readonly layers: readonly ScaledLayer[];
}

/** The kinds of updates: see `renew`. */
export type Update =
  | { readonly kind: "kasmix" | "core" }
  | { readonly kind: "packages" | "vendor"; readonly image: string };

/** The layers that a node has pulled. */
export interface Pulled {
  /** Bytes, with every layer pulled once. */
  readonly shared: number;
  /** Bytes, as if each image were one layer of its own. */
  readonly whole: number;
}

/** Bytes that a node pulls which gets these images, and then each update of them, and forgets nothing. */
export function simulate(images: readonly ScaledImage[], updates: readonly Update[] = []): Pulled {
  const node = new Set<string>();
  let [shared, whole] = [0, 0];
  const pull = (image: ScaledImage) => {
    whole += sizeOf(image);
    for (const { digest, size } of image.layers) {
      if (!node.has(digest)) shared += size;
      node.add(digest);
    }
  };
  images.forEach(pull);
  let current = images;
  updates.forEach((update, index) => {
    const next = current.map((image) => renew(image, update, index));
    next.filter((image, at) => image !== current[at]).forEach(pull);
    current = next;
  });
  return { shared, whole };
}

/** Layers that a kind of update gives new bytes. A new core changes the layers above it, which contain dpkg's list. */
const CHANGED = {
  kasmix: ["files"],
  core: ["core", "packages"],
  packages: ["packages"],
  vendor: ["vendor"],
} as const satisfies Record<Update["kind"], readonly string[]>;

/** The image after an update, the same one where it is not concerned. Sizes stay as they are. */
export function renew(image: ScaledImage, update: Update, revision: number): ScaledImage {
  if ("image" in update && update.image !== image.name) return image;
  const kinds: readonly string[] = CHANGED[update.kind];
  if (!image.layers.some(({ kind }) => kinds.includes(kind))) return image;
  const layers = image.layers.map((layer) =>
    kinds.includes(layer.kind) ? { ...layer, digest: `${layer.digest.split("#")[0]}#${revision}` } : layer,
  );
  return { ...image, layers };
}

/** As many images as wanted: the real ones, and then others like them that share only what all real ones share. */
export function fleetOf(images: readonly ScaledImage[], count: number): ScaledImage[] {
  const common = ({ digest }: ScaledLayer) =>
    images.every(({ layers }) => layers.some((layer) => layer.digest === digest));
  return Array.from({ length: count }, (_, index) => {
    const image = images[index % images.length] as ScaledImage;
    const round = Math.floor(index / images.length);
    if (round === 0) return image;
    const layers = image.layers.map((layer) =>
      common(layer) ? layer : { ...layer, digest: `${layer.digest}~${round}` },
    );
    return { name: `${image.name}~${round}`, layers };
  });
}

/** A year: the core once a month, Kasmix twice a month, and each image's own packages once a week. */
export function yearOf(images: readonly ScaledImage[]): Update[] {
  return Array.from({ length: 52 }, (_, week): Update[] => [
    ...images.map(({ name }) => ({ kind: "packages", image: name }) as const),
    ...(week % 4 === 0 && week < 48 ? [{ kind: "core" } as const] : []),
    ...(week % 2 === 0 && week < 48 ? [{ kind: "kasmix" } as const] : []),
  ]).flat();
}

function sizeOf({ layers }: ScaledImage): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}
