# Layers of Python packages as their makers build them (wheels), one for each pin of locks/wheels.json. They depend on no
# workspace, so all images share them.
#
# In:  architecture  "amd64" or "arm64"
#      pins  by name { version, amd64, arm64, unused }: { url, sha256 } for each architecture, with {version} in the
#            address; unused is a list of { library, functions, failure }, as stubs.sh and unpack.sh read it
# Out: a list of { kind, layer }
{ architecture, bootstrap, fetch, layFiles, tools }:

pins:

let
  # The project's own release has the very files that its release workflow uploads to Python's index, under the version
  # as its tag. The CLI takes them from the index by pip.
  fetchWheel =
    { version, ... }@pin:
    let
      inherit (pin.${architecture}) sha256;
      url = builtins.replaceStrings [ "{version}" ] [ version ] pin.${architecture}.url;
    in
    fetch.fetch {
      name = baseNameOf url;
      inherit url;
      hash = "sha256:${sha256}";
    };

  unpack =
    name: pin:
    let
      wheel = fetchWheel pin;
      inherit (bootstrap) sevenZip;
    in
    bootstrap.run name ./unpack.sh {
      inherit sevenZip wheel;
      unused = map (entry: entry.library) pin.unused;
      stubs = tools.compile "stubs.so" [ "-shared" ] [
        (bootstrap.run "stubs.c" ./stubs.sh {
          inherit sevenZip wheel;
          functions = map (entry: "${entry.functions}=${entry.failure}") pin.unused;
        })
      ];
    };
in
map (name: {
  kind = "wheel";
  layer = layFiles {
    name = "python-${name}";
    files = [ { path = "/opt/kasmix/python"; source = unpack name pins.${name}; } ];
  };
}) (builtins.attrNames pins)
