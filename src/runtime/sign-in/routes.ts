import type { ServerResponse } from "node:http";
import { sendBusy } from "../gateway/body-budget.ts";
import { readBody } from "../gateway/read-body.ts";
import type { Exchange, Route } from "../gateway/route.ts";
import { judge, type Site } from "../gateway/router.ts";
import { sendText } from "../gateway/send.ts";
import { problemOf, queryIn, type ShowSignIn } from "./page.ts";

type Door = Pick<Site, "authenticator" | "cookies" | "proxies" | "onSignIn" | "patience">;

/** Bytes of the longest form. */
const LONGEST_FORM = 8 * 1024;

/**
 * The addresses by which people sign in and out. They change something, so the router lets no page of another site use
 * them: nobody can be signed in as somebody else, or out.
 */
export function signInRoutes(door: Door, show: ShowSignIn): readonly Route[] {
  return [
    {
      path: "/sign-in",
      needs: "nothing",
      methods: ["GET", "HEAD", "POST"],
      handle: (exchange) =>
        exchange.request.method === "POST" ? takeForm(door, show, exchange) : enter(door, show, exchange),
    },
    // After the form: whoever comes without the cookie has a browser that did not keep it.
    { path: "/signed-in", needs: "nothing", handle: (exchange) => enter(door, show, exchange, "cookie") },
    { path: "/sign-out", needs: "nothing", methods: ["POST"], handle: (exchange) => leave(door, exchange) },
  ];
}

/** Leads to the desktop whoever has signed in. */
async function enter(door: Door, show: ShowSignIn, { request, response }: Exchange, problem?: "cookie") {
  const verdict = judge(door, request);
  if (verdict.outcome !== "admitted")
    return await show(request, response, { problem: problem ?? problemOf(verdict) });
  if (verdict.setCookie) response.setHeader("Set-Cookie", verdict.setCookie);
  leadTo(`./${queryIn(request.url)}`, response);
}

async function takeForm(door: Door, show: ShowSignIn, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  // A stranger's connection: it does not stay open for as long as a byte comes now and then.
  const timer = setTimeout(() => request.destroy(), door.patience);
  const body = await readBody(exchange, LONGEST_FORM).finally(() => clearTimeout(timer));
  if (body === "busy") return sendBusy(response);
  if (body === "too long") return sendText(response, 413, "the form is too long");
  const form = new URLSearchParams(body.toString("utf8"));
  const [name = "", password = ""] = [form.get("username") ?? "", form.get("password") ?? ""];
  const { address } = door.proxies.clientOf(request);
  const verdict = door.authenticator.signIn({ name, password, address, cookie: request.headers.cookie });
  if (verdict.outcome !== "admitted")
    return await show(request, response, { problem: problemOf(verdict), name });
  door.onSignIn(request.socket, verdict.role);
  response.setHeader("Set-Cookie", verdict.setCookie ?? []);
  leadTo(`signed-in${queryIn(request.url)}`, response);
}

function leave({ authenticator }: Door, { request, response }: Exchange): void {
  response.setHeader("Set-Cookie", authenticator.signOut(request.headers.cookie));
  response.writeHead(204, { "Cache-Control": "no-store" }).end();
}

/** Always below the gateway, wherever a request comes from. */
function leadTo(location: string, response: ServerResponse): void {
  response.writeHead(303, { Location: location, "Cache-Control": "no-store", "Content-Length": 0 }).end();
}
