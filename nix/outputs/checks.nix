# What `nix flake check` builds: the compiled and bundled parts of every image, and shellcheck of the scripts. The project's
# own tests need more than the sandbox allows; ./kasmix test runs them.
{ pkgs, lazy, parts }:

{
  inherit (parts) runtime devices hideSecrets nss screenshot soundEncoder undumpable;

  shellcheck = lazy "shellcheck" (
    pkgs.runCommand "shellcheck" { nativeBuildInputs = [ pkgs.shellcheck ]; } ''
      find ${./..} -name '*.sh' -not -path '*/workspaces/*' -exec shellcheck --shell=busybox --severity=error {} +
      touch $out
    ''
  );
}
