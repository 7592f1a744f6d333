/**
 * What gives programs of GTK 4 and libadwaita the desktop's look, light and dark (src/runtime/session/look/gnome.ts): without
 * the variable they ask a portal, which is not there, and are light.
 */
export const GTK4 = {
  packages: ["dconf-cli"],
  environment: { ADW_DISABLE_PORTAL: "1" },
} as const;
