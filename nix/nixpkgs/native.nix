# What Kasmix compiles for the image, by nixpkgs' compiler against nixpkgs' libraries: what was compiled on Debian looks
# for its loader and its libraries where this base has none, and devices.so is loaded into programs of this base's libc.
{ pkgs }:

{
  # The library that shows gamepads and a camera to programs; see ../devices/paths.c.
  devices = pkgs.runCommandCC "devices.so" { hardeningDisable = [ "all" ]; } ''
    # Not optimised: the headers promise that no path is null, so the compiler would drop the checks for it.
    $CC -shared -fPIC -O0 -Wall -o $out ${../devices}/*.c
  '';

  hideSecrets = pkgs.runCommandCC "hide-secrets" { } ''
    $CC -O2 -Wall -o $out ${../secrets/hide-secrets.c}
  '';

  undumpable = pkgs.runCommandCC "undumpable.so" { } ''
    $CC -shared -fPIC -O2 -Wall -o $out ${../secrets/undumpable.c}
  '';

  screenshot = pkgs.runCommandCC "screenshot" { buildInputs = with pkgs; [ libjpeg_turbo libx11 ]; } ''
    $CC -O2 -Wall -o $out ${../screenshot/screenshot.c} -lX11 -ljpeg
  '';

  soundEncoder =
    pkgs.runCommandCC "sound-encoder" { buildInputs = with pkgs; [ libopus libpulseaudio twolame ]; }
      ''
        $CC -O2 -Wall -o $out ${../sound/encoder.c} -lpulse-simple -lpulse -lopus -ltwolame
      '';
}
