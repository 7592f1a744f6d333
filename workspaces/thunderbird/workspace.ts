import { defineWorkspace } from "../../src/model/define.ts";
import { mainApp } from "../../src/parts/main-app.ts";
import { FILES } from "../../src/parts/xfce.ts";

const POLICIES = {
  DisableTelemetry: true,
  DontCheckDefaultClient: true,
  Preferences: {
    "mail.rights.version": { Value: 1, Status: "default" },
    "mailnews.start_page.enabled": { Value: false, Status: "default" },
  },
};

export default defineWorkspace({
  name: "thunderbird",
  title: "Thunderbird",
  description: "Thunderbird reads and writes e-mail, with calendars and address books.",
  categories: ["Communication"],
  icon: "/usr/share/icons/hicolor/256x256/apps/thunderbird.png",
  base: { distribution: "debian" },
  packages: ["thunderbird"],
  apps: [
    mainApp({ name: "thunderbird", title: "Thunderbird", command: ["thunderbird"], icon: "thunderbird" }),
    FILES,
  ],
  files: [
    // No page of the web at the start, no message about rights, nothing sent home.
    {
      path: "/etc/thunderbird/policies/policies.json",
      text: `${JSON.stringify({ policies: POLICIES }, null, 2)}\n`,
    },
  ],
  resources: { memory: "2GiB", cpus: 2 },
});
