import { createSocket } from "node:dgram";
import { once } from "node:events";
import { parseAddress } from "../../../src/runtime/gateway/address.ts";

/** One record of an answer. `name` defaults to that of the question. */
export type DnsRecord =
  | { readonly type: "A" | "AAAA"; readonly data: string; readonly name?: string }
  | { readonly type: "CNAME"; readonly data: string; readonly name?: string };

export type QuestionType = "A" | "AAAA";

/** Records to answer with; a string is the name of an error; undefined means no answer. */
export type Answer = readonly DnsRecord[] | "SERVFAIL" | "NXDOMAIN" | undefined;

export interface NameServer {
  /** "127.0.0.1:12345", as `Resolver.setServers` takes it. */
  readonly address: string;
  /** The questions so far: "A example.test". */
  readonly questions: readonly string[];
  close(): void;
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;
const ERRORS = { SERVFAIL: 2, NXDOMAIN: 3 } as const;

/** A real name server on loopback: every answer has a time to live of 0. */
export async function openNameServer(
  answer: (name: string, type: QuestionType) => Answer,
): Promise<NameServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (message, peer) => {
    const question = readQuestion(message);
    const type = question.type === TYPES.AAAA ? "AAAA" : "A";
    questions.push(`${type} ${question.name}`);
    const given = answer(question.name, type);
    if (given !== undefined) socket.send(render(message, question, given), peer.port, peer.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { address: `127.0.0.1:${socket.address().port}`, questions, close: () => socket.close() };
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where it ends in the message. */
  readonly end: number;
}

function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function render(message: Buffer, question: Question, given: Exclude<Answer, undefined>): Buffer {
  const records = typeof given === "string" ? [] : given;
  const header = Buffer.alloc(12);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (typeof given === "string" ? ERRORS[given] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const answers = records.map((record) => renderRecord(record, question.name));
  return Buffer.concat([header, message.subarray(12, question.end), ...answers]);
}

function renderRecord({ type, data, name }: DnsRecord, asked: string): Buffer {
  const bytes = type === "CNAME" ? renderName(data) : renderAddress(data);
  const middle = Buffer.alloc(10);
  middle.writeUInt16BE(TYPES[type], 0);
  middle.writeUInt16BE(1, 2);
  middle.writeUInt16BE(bytes.length, 8);
  return Buffer.concat([renderName(name ?? asked), middle, bytes]);
}

function renderName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

function renderAddress(text: string): Buffer {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an IP address`);
  return Buffer.from(address.toByteArray());
}
