# What `nix flake check` builds: what every image has that is compiled or bundled, and the scripts under shellcheck. The
# project's own tests need more than the sandbox gives; ./kasmix test runs them.
{ pkgs, lazy, parts }:

{
  inherit (parts) runtime gamepad screenshot soundEncoder;

  shellcheck = lazy "shellcheck" (
    pkgs.runCommand "shellcheck" { nativeBuildInputs = [ pkgs.shellcheck ]; } ''
      find ${./..} -name '*.sh' -not -path '*/workspaces/*' -exec shellcheck --shell=busybox --severity=error {} +
      touch $out
    ''
  );
}
