/**
 * Arguments that make Chromium use the proxy for everything, including loopback, which it would otherwise connect to
 * directly, and WebRTC, whose UDP would bypass the proxy. Video calls then need a TURN server over TCP.
 */
export function browserArguments(proxyPort: number): readonly string[] {
  return [
    `--proxy-server=http://127.0.0.1:${proxyPort}`,
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  ];
}
