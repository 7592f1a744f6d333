import { expect, test } from "vitest";
import { createScaleKeeper } from "../../../../src/runtime/session/scale/keep.ts";
import { eventually } from "../../../helpers/eventually.ts";
import { standInForXfconf } from "../../../helpers/xfconf.ts";
import { memoryLog } from "../../memory-log.ts";

// Windows that were open kept black parts until they were moved.
test("after a change of the scale all windows are drawn anew", async () => {
  const listed = {
    xsettings: "",
    xfwm4: "/general/theme  Default\n",
    "xfce4-panel": "",
    "xfce4-desktop": "",
  };
  const { environment, notes } = standInForXfconf(listed, ["xrefresh"]);
  createScaleKeeper(environment, memoryLog().log).set(2);
  await eventually(() => expect(notes().at(-1)).toMatch(/^xrefresh/), { timeout: 10_000 });
  expect(notes()).toContain("xfconf-query -c xfwm4 -p /general/theme -n -t string -s Default-xhdpi");
});
