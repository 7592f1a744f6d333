/**
 * What makes Chromium use the proxy for everything: loopback, which it would otherwise go to by itself, and WebRTC, whose
 * UDP would go past every proxy. Video calls in pages then need a TURN server that speaks TCP.
 */
export function browserArguments(proxyPort: number): readonly string[] {
  return [
    `--proxy-server=http://127.0.0.1:${proxyPort}`,
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  ];
}
