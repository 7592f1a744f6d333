/** Program and packet identifiers of FFmpeg's muxer. */
const PMT_PID = 0x1000;
const SOUND_PID = 0x0100;
const PACKET = 188;
/** Ticks per second of a transport stream's clock. */
const CLOCK = 90_000;
/** Ticks between the tables that describe the stream to new listeners. */
const TABLES_EVERY = CLOCK / 10;
/** Ticks from the clock in a packet to the presentation of its frame: as few as possible. */
const DELAY = CLOCK / 1_000;

/**
 * Puts MPEG audio layer II into an MPEG transport stream, one frame per PES packet, so that no frame waits for the
 * next, like `ffmpeg -f mpegts -codec:a mp2 -muxdelay 0.001`.
 */
export class TransportStream {
  readonly #counters = new Map<number, number>();
  #tablesAt = Number.NEGATIVE_INFINITY;

  /** Whole packets for one frame; `timestamp` is in microseconds. */
  mux(frame: Uint8Array, timestamp: number): Buffer {
    const ticks = Math.round((timestamp * CLOCK) / 1_000_000);
    const packets = this.#split(renderPes(frame, ticks + DELAY), ticks);
    if (ticks - this.#tablesAt < TABLES_EVERY) return Buffer.concat(packets);
    this.#tablesAt = ticks;
    return Buffer.concat([this.#table(0, PAT), this.#table(PMT_PID, PMT), ...packets]);
  }

  #table(pid: number, section: Buffer): Buffer {
    const packet = Buffer.alloc(PACKET, 0xff);
    // Pointer field 0: the section follows at once.
    this.#header(packet, pid, true, 0x10);
    packet[4] = 0;
    section.copy(packet, 5);
    return packet;
  }

  #split(pes: Buffer, clock: number): Buffer[] {
    const packets: Buffer[] = [];
    for (let offset = 0; offset < pes.length; ) {
      const first = offset === 0;
      const room = PACKET - 4 - (first ? PCR_FIELD : 0);
      const length = Math.min(room, pes.length - offset);
      packets.push(this.#packet(pes.subarray(offset, offset + length), first ? clock : undefined));
      offset += length;
    }
    return packets;
  }

  /**
   * A packet with a part of the sound, filled up with stuffing bytes in the adaptation field, as the standard demands.
   */
  #packet(part: Buffer, clock: number | undefined): Buffer {
    const packet = Buffer.alloc(PACKET, 0xff);
    const field = PACKET - 4 - part.length;
    this.#header(packet, SOUND_PID, clock !== undefined, field > 0 ? 0x30 : 0x10);
    if (field > 0) packet[4] = field - 1;
    if (field > 1) packet[5] = clock === undefined ? 0 : 0x50;
    if (clock !== undefined) writeClock(packet, clock);
    part.copy(packet, PACKET - part.length);
    return packet;
  }

  #header(packet: Buffer, pid: number, isStart: boolean, control: number): void {
    const counter = this.#counters.get(pid) ?? 0;
    this.#counters.set(pid, (counter + 1) % 16);
    packet[0] = 0x47;
    packet.writeUInt16BE((isStart ? 0x4000 : 0) | pid, 1);
    packet[3] = control | counter;
  }
}

/** Bytes of an adaptation field with a clock. */
const PCR_FIELD = 8;

function writeClock(packet: Buffer, ticks: number): void {
  // 33 bits of the base, 6 that are reserved, 9 of the extension; multiplied, because shifts end at 32 bits.
  const base = BigInt(ticks) & 0x1_ffff_ffffn;
  packet.writeUIntBE(Number(((base << 15n) | (0x3fn << 9n)) & 0xffff_ffff_ffffn), 6, 6);
}

/** A frame as stream 0xC0 (the first of MPEG audio), with its presentation time. */
function renderPes(frame: Uint8Array, ticks: number): Buffer {
  const header = Buffer.from([0, 0, 1, 0xc0, 0, 0, 0x84, 0x80, 5, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(frame.length + 8, 4);
  const time = BigInt(ticks) & 0x1_ffff_ffffn;
  header[9] = 0x21 | Number((time >> 29n) & 0x0en);
  header.writeUInt16BE(Number((time >> 14n) & 0xfffen) | 1, 10);
  header.writeUInt16BE(Number((time << 1n) & 0xfffen) | 1, 12);
  return Buffer.concat([header, frame]);
}

/** The program association table: PMT_PID describes program 1. */
const PAT = withChecksum([0x00, 0xb0, 0x0d, 0x00, 0x01, 0xc1, 0x00, 0x00, 0x00, 0x01, ...pid(PMT_PID)]);
/** The program map table: one stream, MPEG-1 audio (3) in SOUND_PID, which has the clock too. */
const PMT = withChecksum([
  ...[0x02, 0xb0, 0x12, 0x00, 0x01, 0xc1, 0x00, 0x00],
  ...[...pid(SOUND_PID), 0xf0, 0x00],
  ...[0x03, ...pid(SOUND_PID), 0xf0, 0x00],
]);

function pid(value: number): [number, number] {
  return [0xe0 | (value >> 8), value & 0xff];
}

/** A section followed by its CRC-32/MPEG-2. */
function withChecksum(section: readonly number[]): Buffer {
  let sum = 0xffffffff;
  for (const byte of section) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(sum >>> 0);
  return Buffer.concat([Buffer.from(section), checksum]);
}
