import { expect, it } from "vitest";
import { trimSecrets } from "../../../src/runtime/boot/secrets.ts";
import { memoryLog } from "../memory-log.ts";

function trim(environment: NodeJS.ProcessEnv) {
  const { log, records } = memoryLog();
  return { environment: trimSecrets(environment, log), records };
}

// A Kubernetes secret made with echo refused the password that its owner typed.
it.each(["VNC_PW", "VNC_VIEW_ONLY_PW", "URL_LAUNCHER_TOKEN"])(
  "%s loses line breaks at its end, and the log says so without the secret",
  (variable) => {
    for (const end of ["\n", "\r\n", "\n\n"]) {
      const { environment, records } = trim({ [variable]: `correct-horse${end}` });
      expect(environment).toEqual({ [variable]: "correct-horse" });
      expect(records).toMatchObject([
        { event: "secret.trimmed", variable, message: expect.stringContaining(`${variable} ends with`) },
      ]);
      expect(JSON.stringify(records)).not.toContain("correct-horse");
    }
  },
);

it("nothing else is changed", () => {
  const given = { VNC_PW: " two\nlines ", VNC_VIEW_ONLY_PW: "", NOTE: "line\n" };
  expect(trim(given)).toEqual({ environment: given, records: [] });
});

it("a secret of line breaks alone counts as not set", () => {
  expect(trim({ VNC_PW: "\n" }).environment).toEqual({ VNC_PW: "" });
});
