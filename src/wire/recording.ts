/** What /api/recording tells everybody who is connected (docs/use/recording.md). */
export interface RecordingSign {
  readonly isRecording: boolean;
  /** How long, in seconds. */
  readonly seconds: number;
}

/** What it tells the owner. */
export interface RecordingStatus extends RecordingSign {
  /** Names in ~/Downloads of the files of this recording, or of the last one. */
  readonly files: readonly string[];
  /** Bytes of these files. */
  readonly bytes: number;
  /** Why the last recording ended; undefined while there is one, and before the first. */
  readonly ended?: RecordingEnd;
}

/**
 * asked: by the owner or kasmixctl. full: the disk has no more room. limit: KASMIX_RECORDING_LIMIT. slow: the disk takes
 * less than is recorded. failed: the file cannot be written. stopped: the container stops.
 */
export type RecordingEnd = "asked" | "full" | "limit" | "slow" | "failed" | "stopped";
