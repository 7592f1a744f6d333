import { join } from "node:path";
import type { TestContainer } from "./container.ts";

const SCRIPT = join(import.meta.dirname, "../e2e/fixtures/electron-app.py");

/** Options of `docker create` that replace a vendor's program by the stand-in for an Electron app. */
export function electronAppAt(program: string): readonly string[] {
  return ["--volume", `${SCRIPT}:${program}:ro`];
}

/** The database of such an app: SQLite's integrity check, the number of rows, how it was closed. */
export interface AppDatabase {
  readonly integrity: string;
  readonly rows: number;
  /** One text for each orderly end. */
  readonly closed: readonly string[];
}

/** Reads the database below a profile such as `~/.config/Signal`, also while the app writes it. */
export async function readAppDatabase(container: TestContainer, profile: string): Promise<AppDatabase> {
  const script = `
import json, os, sqlite3, sys
database = sqlite3.connect(os.path.expanduser(sys.argv[1]) + "/sql/db.sqlite", timeout=30)
one = lambda query: database.execute(query).fetchone()[0]
print(json.dumps({
    "integrity": one("pragma integrity_check"),
    "rows": one("select count(*) from messages"),
    "closed": [text for (text,) in database.execute("select text from messages where text like 'closed%'")],
}))`;
  return JSON.parse(await container.exec("python3", "-c", script, profile));
}
