# The configuration of a workspace's image, as the OCI image format has it. Never a secret: those are given at run time.
#
# In:  name, title, description  of the workspace
#      environment  variables by name, over those here
#      volumes      paths, besides the home
#      labels       by name
{
  name,
  title,
  description,
  environment,
  volumes,
  labels,
}:

let
  home = "/home/kasm-user";
  # Where the entrypoint keeps its sockets. It is in the environment so that `docker exec` reaches the desktop too.
  runtimeDirectory = "/tmp/kasmix-1000";
  second = 1000000000;
  emptySets = names: builtins.listToAttrs (map (name: { inherit name; value = { }; }) names);

  variables = {
    # So that `bash -c` of `docker exec` has the desktop's home and user too.
    BASH_ENV = "/dockerstartup/generate_container_user";
    DBUS_SESSION_BUS_ADDRESS = "unix:path=${runtimeDirectory}/bus";
    DISPLAY = ":1";
    HOME = home;
    LANG = "C.UTF-8";
    # Where the entrypoint puts the locales that it compiles (src/runtime/boot/locale.ts).
    LOCPATH = "${runtimeDirectory}/locale";
    # Without it every GTK program asks the session bus for a screen reader's bus that is not installed.
    NO_AT_BRIDGE = "1";
    # NVIDIA's container toolkit gives compute alone otherwise; encoding is "video", OpenGL "graphics".
    NVIDIA_DRIVER_CAPABILITIES = "all";
    PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/games:/usr/games";
    # Scripts for Kasm's images find theirs by it.
    STARTUPDIR = "/dockerstartup";
    XAUTHORITY = "${runtimeDirectory}/Xauthority";
    XDG_RUNTIME_DIR = runtimeDirectory;
  }
  // environment;
in
{
  # hide-secrets takes the passwords out of the environment. tini reaps orphans; `-s` lets it do so where it is not
  # process 1 as well: with `docker run --init`, and in pods that share their processes. dockerstartup/vnc_startup.sh has
  # the same words.
  Entrypoint = [
    "/opt/kasmix/hide-secrets"
    "--hand-over"
    "/usr/bin/tini"
    "-s"
    "--"
    "/usr/bin/node"
    # A small heap and no helper threads for it: the supervisor is idle nearly always (docs/internals/benchmarks.md).
    "--max-semi-space-size=1"
    "--optimize-for-size"
    "--single-threaded"
    "/opt/kasmix/entrypoint.mjs"
  ];
  Env = map (name: "${name}=${variables.${name}}") (builtins.attrNames variables);
  ExposedPorts = emptySets [ "4901/tcp" "4902/tcp" "4903/tcp" "4904/tcp" "6901/tcp" ];
  Healthcheck = {
    Interval = 15 * second;
    # The check asks for a live answer, which a busy machine may fail to give once.
    Retries = 2;
    StartPeriod = 30 * second;
    # The engine gives every such program the container's variables, passwords among them.
    Test = [ "CMD" "/opt/kasmix/hide-secrets" "/usr/bin/timeout" "2" "/usr/bin/desktop_ready" ];
    Timeout = 5 * second;
  };
  Labels = {
    "com.kasmweb.image" = "true";
    "io.kasmix.workspace" = name;
    "org.opencontainers.image.description" = description;
    "org.opencontainers.image.title" = title;
  }
  // labels;
  User = "1000";
  Volumes = emptySets ([ home ] ++ volumes);
  WorkingDir = home;
}
