/** The visitor's choice for the sound. */
export interface SoundChoice {
  /** @default true */
  readonly isOn: boolean;
  /** From 0 to 100. @default 100 */
  readonly volume: number;
}

/** The stored choice; a missing or invalid part gets its default. */
export function parseChoice(stored: unknown): SoundChoice {
  const { isOn, volume } = (stored ?? {}) as Partial<Record<keyof SoundChoice, unknown>>;
  const isVolume = typeof volume === "number" && volume >= 0 && volume <= 100;
  return { isOn: typeof isOn === "boolean" ? isOn : true, volume: isVolume ? volume : 100 };
}

/** The gain for a volume: hearing is logarithmic, so the middle of the slider is a quarter. */
export function gainOf(volume: number): number {
  return (volume / 100) ** 2;
}
