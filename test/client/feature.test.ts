import { afterEach, expect, test, vi } from "vitest";
import { type ConnectionState, initialState } from "../../src/client/connection-state.ts";
import { type Feature, type FeatureContext, socketBeside, startFeatures } from "../../src/client/feature.ts";
import { defaultSettings, type Settings } from "../../src/client/settings.ts";
import { eventually } from "../helpers/eventually.ts";

afterEach(() => void vi.unstubAllGlobals());

const connected: ConnectionState = { ...initialState, phase: "connected" };
const lost: ConnectionState = { ...initialState, phase: "reconnecting" };

function start(answers: (Record<string, object> | Error | Response)[], ...roles: string[]) {
  const asked: string[] = [];
  const fetch = async (address: URL) => {
    asked.push(address.href);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    const role = roles.shift();
    const headers = new Headers({ "Kasmix-Gateway": "1", ...(role ? { "Kasmix-Role": role } : {}) });
    return { ok: true, json: async () => answer, headers };
  };
  vi.stubGlobal("fetch", fetch);
  const given: FeatureContext[] = [];
  const told: string[] = [];
  const foreign: (number | undefined)[] = [];
  const feature = (service: string): Feature => ({
    service,
    setUp: (context) => void given.push(context),
  });
  const store = { read: () => null, write() {} };
  const page = new URL("https://host/desk/vnc.html?quality=8#x");
  let settings = defaultSettings;
  const { noteState: tell, noteSettings } = startFeatures([feature("sound"), feature("uploads")], {
    page,
    openStore: () => store,
    focusDesktop() {},
    pageId: "page",
    addFigure() {},
    session: () => null,
    settings: {
      get current() {
        return settings;
      },
    },
    clipboard: {} as FeatureContext["clipboard"],
    pointer: { join() {} },
    onRole: (role) => void told.push(role),
    onForeign: (status) => void foreign.push(status),
  });
  const change = (changed: Settings) => {
    settings = changed;
    noteSettings();
  };
  return { tell, change, asked, given, told, foreign };
}

test("features are set up once, when the server offers their service", async () => {
  const { tell, asked, given } = start([{ uploads: { limit: 5 } }, { sound: {}, uploads: {} }]);
  tell(initialState);
  expect(asked).toEqual([]);
  tell(connected);
  await eventually(() => expect(given.map(({ facts }) => facts)).toEqual([{ limit: 5 }]));
  tell(connected);
  await eventually(() => expect(given.map(({ facts }) => facts)).toEqual([{ limit: 5 }, {}]));
  expect(asked).toEqual(["https://host/desk/api/services", "https://host/desk/api/services"]);
});

// The owner may have changed what the visitor may do.
test("the visitor's role is asked for at each connection", async () => {
  const { tell, told } = start([{}, {}, {}], "participant", "", "viewer");
  for (const expected of [["participant"], ["participant"], ["participant", "viewer"]]) {
    tell(connected);
    await eventually(() => expect(told).toEqual(expected));
    tell(lost);
  }
});

/** Sound, files and the rest were missing without a word. */
test("a proxy's answer in place of the server's is told, until the server answers", async () => {
  const login = new Response('{"sound":{}}', { status: 200 });
  const { tell, given, foreign } = start([login, { sound: {} }]);
  tell(connected);
  await eventually(() => expect(foreign).toEqual([200]));
  expect(given).toEqual([]);
  tell(connected);
  await eventually(() => expect(given).toHaveLength(1));
  expect(foreign).toEqual([200, undefined]);
});

// Until the next connection the page had no feature.
test("the services are asked for again when the network broke the request", async () => {
  const { tell, given } = start([new Error("network changed"), { sound: {} }]);
  tell(connected);
  await eventually(() => expect(given).toHaveLength(1));
});

test("a feature receives the current state and every later one", async () => {
  const { tell, given } = start([{ sound: {} }]);
  tell(connected);
  await eventually(() => expect(given).toHaveLength(1));
  const phases: string[] = [];
  given[0]?.onState(({ phase }) => phases.push(phase));
  tell(lost);
  expect(phases).toEqual(["connected", "reconnecting"]);
});

test("a feature receives the current settings and every later ones", async () => {
  const { tell, change, given } = start([{ sound: {} }]);
  tell(connected);
  await eventually(() => expect(given).toHaveLength(1));
  const pictures: string[] = [];
  given[0]?.onSettings(({ picture }) => pictures.push(picture));
  change({ ...defaultSettings, picture: "video" });
  expect(pictures).toEqual(["automatic", "video"]);
});

test("WebSockets are beside the page, without its query", () => {
  expect(socketBeside(new URL("https://host/desk/vnc.html?a=1#x"), "audio")).toBe("wss://host/desk/audio");
  expect(socketBeside(new URL("http://host:8080/"), "audio")).toBe("ws://host:8080/audio");
});
