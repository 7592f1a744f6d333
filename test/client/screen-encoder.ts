// INTERIM: replaced by the real service.
import { devScreen } from "/tmp/sc/service.mts";
export const missingEncoder: string[] = [];
export function openEncoder(display: string, size: () => Promise<string | undefined>) {
  return devScreen(display, size);
}
