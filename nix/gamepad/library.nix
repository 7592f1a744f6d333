# The library that shows gamepads to the session's programs; see paths.c.
{ bootstrap, tools }:

bootstrap.run "gamepad.so" ./compile.sh {
  inherit (tools) tree;
  sources = [
    ./pad.h
    ./paths.c
    ./controls.c
  ];
}
