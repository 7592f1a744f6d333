# What Kasmix compiles for the image, by nixpkgs' compiler against nixpkgs' libraries: built on Debian, one would look for
# its loader and its libraries where this base has none, and the other be loaded into programs of another libc.
{ pkgs }:

let
  # A program that loads its libraries by name, so it must know where they are.
  program =
    name: source: libraries:
    pkgs.runCommandCC name { libraries = pkgs.lib.makeLibraryPath libraries; } ''
      $CC -O2 -Wall -Wl,-rpath,$libraries -o $out ${source}
    '';
in
{
  # The library that shows gamepads to programs; see ../gamepad/paths.c.
  gamepad = pkgs.runCommandCC "gamepad.so" { hardeningDisable = [ "all" ]; } ''
    cp ${../gamepad/paths.c} paths.c
    cp ${../gamepad/controls.c} controls.c
    cp ${../gamepad/pad.h} pad.h
    # Not optimised: from what headers promise, that no path is null, it would conclude that nobody has to look.
    $CC -shared -fPIC -O0 -Wall -o $out paths.c controls.c
  '';

  screenshot = program "screenshot" ../screenshot/screenshot.c (with pkgs; [ libjpeg_turbo libx11 ]);
  soundEncoder = program "sound-encoder" ../sound/encoder.c (with pkgs; [ libopus libpulseaudio twolame ]);
}
