/** Amplitude of one frequency in samples, by Goertzel's method: exact where whole periods fit in. */
export function amplitudeAt(samples: ArrayLike<number>, frequency: number, rate: number): number {
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < samples.length; index++) {
    const angle = (2 * Math.PI * frequency * index) / rate;
    real += (samples[index] ?? 0) * Math.cos(angle);
    imaginary += (samples[index] ?? 0) * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

/** Frequency of a tone, by where it rises through zero. */
export function frequencyOf(samples: ArrayLike<number>, rate: number): number {
  const rises: number[] = [];
  for (let index = 1; index < samples.length; index++) {
    const [before = 0, after = 0] = [samples[index - 1], samples[index]];
    if (before < 0 && after >= 0) rises.push(index - after / (after - before));
  }
  const [first = 0, last = 0] = [rises[0], rises.at(-1)];
  return ((rises.length - 1) * rate) / (last - first);
}
