import { randomInt } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { replaceFile } from "../files/replace.ts";
import { KasmixError } from "../model/error.ts";
import { containerPassword } from "./container.ts";
import type { Engine } from "./detect.ts";

/** Letters and digits that cannot be confused with each other. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

const LENGTH = 24;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The password of a workspace: VNC_PW if it is set, else the one stored by {@link storePassword} since the last start, else
 * that of its container, else the stored one of an earlier container, else a new one. It is stored in a file that only this
 * user can read. Throws E_MACHINE where it cannot be stored.
 */
export async function workspacePassword(
  engine: Engine,
  workspace: string,
  environment: Environment = process.env,
): Promise<string> {
  const file = passwordFile(workspace, environment);
  const kept = await readKept(file);
  const chosen = environment.VNC_PW || (kept?.isNext ? kept.password : undefined);
  const password = chosen || (await knownPassword(engine, workspace, environment)) || generatePassword();
  if (password !== kept?.password || kept.isNext) await keep(file, { password });
  return password;
}

/** Stores the password that the workspace's next start takes. Throws E_MACHINE where it cannot be stored. */
export async function storePassword(
  workspace: string,
  password: string,
  environment: Environment = process.env,
): Promise<void> {
  await keep(passwordFile(workspace, environment), { password, isNext: true });
}

/** The password of a workspace's container, else the stored one of an earlier container; undefined for none. */
export async function knownPassword(
  engine: Engine,
  workspace: string,
  environment: Environment = process.env,
): Promise<string | undefined> {
  return (
    (await containerPassword(engine, workspace)) ||
    (await readKept(passwordFile(workspace, environment)))?.password
  );
}

/** Deletes the stored password, together with the home volume. */
export async function forgetPassword(
  workspace: string,
  environment: Environment = process.env,
): Promise<void> {
  await rm(passwordFile(workspace, environment), { force: true });
}

/** A new password: 24 characters, about 139 bits. */
export function generatePassword(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

function passwordFile(workspace: string, environment: Environment): string {
  const state = environment.XDG_STATE_HOME || path.join(environment.HOME || homedir(), ".local/state");
  return path.join(state, "kasmix", `${workspace}.json`);
}

/** What the file holds. */
interface Kept {
  readonly password: string;
  /** Whether no container has been started with it yet. @default false */
  readonly isNext?: boolean;
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    const kept: Partial<Kept> | null = JSON.parse(await readFile(file, "utf8"));
    return typeof kept?.password === "string"
      ? { password: kept.password, isNext: kept.isNext === true }
      : undefined;
  } catch {
    return undefined; // absent, or damaged: a new one is made
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  try {
    await replaceFile(file, `${JSON.stringify(kept)}\n`, { mode: 0o600, folderMode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KasmixError("E_MACHINE", `The password cannot be stored in ${file}: ${reason}`, {
      fix: "Allow writing there, or set XDG_STATE_HOME to another folder.",
      cause,
    });
  }
}
