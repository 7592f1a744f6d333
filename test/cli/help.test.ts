import { expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { KASMIX } from "../../src/cli/program.ts";
import { renderMainUsage, renderUsage } from "../../src/terminal/usage.ts";

/** The screen of `./kasmix NAME --help`, below a line break so that snapshots read well. */
async function help(name: string): Promise<string> {
  const entry = COMMANDS[name];
  if (entry === undefined) throw new Error(`no command ${name}`);
  return `\n${renderUsage(KASMIX, name, await entry.load(), (text) => text)}\n`;
}

it("every command has a description, a test here, and at least one example", async () => {
  expect(Object.keys(COMMANDS)).toEqual([
    "up",
    "down",
    "build",
    "load",
    "push",
    "sbom",
    "pull",
    "run",
    "start",
    "stop",
    "restart",
    "status",
    "logs",
    "events",
    "exec",
    "open",
    "list",
    "registry",
    "manifest",
    "generate",
    "lock",
    "update",
    "doctor",
    "test",
    "bench",
  ]);
  for (const entry of Object.values(COMMANDS)) {
    expect(entry.description).not.toBe("");
    expect((await entry.load()).examples.length).toBeGreaterThan(0);
  }
});

it("kasmix --help lists every command", () => {
  expect(`\n${renderMainUsage(KASMIX, (text) => text)}\n`).toMatchInlineSnapshot(`
    "
    Kasmix builds Linux desktops that one uses in a browser: reproducible images, built by Nix from TypeScript.

    Usage
      ./kasmix COMMAND [flags]

    Examples
      ./kasmix up desktop  from nothing to a desktop on https://localhost:6901
      ./kasmix list        the workspaces and their state

    Commands
      up        Set up what is missing, build, load and run a workspace, and print its address
      down      Stop and remove a workspace's container; its home volume stays
      build     Build a workspace's image with Nix
      load      Load a built image into Docker or Podman, sending only the layers it lacks
      push      Put a built image into an OCI registry, sending only the layers it lacks
      sbom      Print what is in a built image: every package with version, hash and licence
      pull      Fetch a workspace's image from an OCI registry
      run       Start a workspace's loaded image, or upgrade its container to it
      start     Start a stopped workspace, or services in it
      stop      Stop a workspace's container, or services in it
      restart   Restart a workspace's container, or services in it
      status    Show the state of a workspace's container and of its services
      logs      Print what a workspace's container, or a service in it, has logged
      events    Print what happened to a workspace's services of late
      exec      Run a command in a running workspace
      open      Open a running workspace in the browser, or a URL in the workspace's browser
      list      List the workspaces and what has been locked, built and started
      registry  Build, publish, serve or check a Kasm registry of the workspaces
      manifest  Write what deploys a workspace: Kubernetes, Helm, compose, docker run
      generate  Render the Nix expressions and scripts from the workspaces
      lock      Resolve a workspace's Debian packages and pin them
      update    Find the newest versions of a workspace's vendor software and pin them
      doctor    Check what this machine needs, and install it with --fix
      test      Run the project's tests
      bench     Measure build, size, start, memory and recovery beside other ways to do the same; soak a container

    Flags
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help
      -V, --version  Show the version

    ./kasmix COMMAND --help tells more. Exit codes: docs/operate/exit-codes.md
    "
  `);
});

it("kasmix up --help", async () => {
  expect(await help("up")).toMatchInlineSnapshot(`
    "
    Set up what is missing, build, load and run a workspace, and print its address.

    Usage
      ./kasmix up WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --port PORT       Port on this machine; KASMIX_PORT sets another default (default: 6901)
      --bind ADDRESS    Address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)
      --no-build        Take the image of the last build
      --frozen          Fail when a locked package is gone, instead of replacing it
      --without-vendor  Leave vendor software out; a window in its place says so

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix up desktop                      from nothing to a desktop in the browser
      ./kasmix up desktop --port 7000          beside another one on 6901
      VNC_PW=secret ./kasmix up desktop        with a password of your own
      ./kasmix up desktop --json | jq -r .url  for scripts
    "
  `);
});

it("kasmix down --help", async () => {
  expect(await help("down")).toMatchInlineSnapshot(`
    "
    Stop and remove a workspace's container; its home volume stays.

    Usage
      ./kasmix down WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --volume  Remove its volumes and its password too: the home is lost

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix down desktop           the home volume stays for the next up
      ./kasmix down desktop --volume  nothing stays
    "
  `);
});

it("kasmix build --help", async () => {
  expect(await help("build")).toMatchInlineSnapshot(`
    "
    Build a workspace's image with Nix.

    Usage
      ./kasmix build WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --frozen          Fail when a locked package is gone, instead of replacing it
      --without-vendor  Leave vendor software out; a window in its place says so
      --tarball FILE    Write an archive for \`docker load\` too

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix build desktop                        build what has changed
      ./kasmix build desktop --tarball desktop.tar  then: docker load < desktop.tar
      ./kasmix build signal --without-vendor        where its maker cannot be reached
      ./kasmix build desktop --json | jq .digest    for scripts
    "
  `);
});

it("kasmix load --help", async () => {
  expect(await help("load")).toMatchInlineSnapshot(`
    "
    Load a built image into Docker or Podman, sending only the layers it lacks.

    Usage
      ./kasmix load WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --without-vendor  Leave vendor software out; a window in its place says so

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix load desktop  load the image of the last build
    "
  `);
});

it("kasmix run --help", async () => {
  expect(await help("run")).toMatchInlineSnapshot(`
    "
    Start a workspace's loaded image, or upgrade its container to it.

    Usage
      ./kasmix run WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --port PORT       Port on this machine; KASMIX_PORT sets another default (default: 6901)
      --bind ADDRESS    Address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)
      --without-vendor  Leave vendor software out; a window in its place says so
      --image IMAGE     An image that the engine has, such as one that was pulled (default: the last build's)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix run desktop                                start the image of the last build, or upgrade to it
      ./kasmix run desktop --bind 0.0.0.0                 for other machines too
      ./kasmix run desktop --image kasmix/desktop:latest  after ./kasmix pull
    "
  `);
});

it("kasmix start --help", async () => {
  expect(await help("start")).toMatchInlineSnapshot(`
    "
    Start a stopped workspace, or services in it.

    Usage
      ./kasmix start WORKSPACE [SERVICE...] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      SERVICE    Services in it, as ./kasmix status shows them (default: the container)

    Flags
      --no-wait          Give the order and do not wait
      --timeout SECONDS  How long to wait at most (default: 60)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix start desktop        the container that was stopped, and wait until it is ready
      ./kasmix start desktop sound  one service in it: stopped, given up or done
    "
  `);
});

it("kasmix stop --help", async () => {
  expect(await help("stop")).toMatchInlineSnapshot(`
    "
    Stop a workspace's container, or services in it.

    Usage
      ./kasmix stop WORKSPACE [SERVICE...] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      SERVICE    Services in it, as ./kasmix status shows them (default: the container)

    Flags
      --no-wait          Give the order and do not wait
      --timeout SECONDS  How long to wait at most (default: 60)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix stop desktop        the container; it and its home stay for the next start
      ./kasmix stop desktop sound  one service; it stays down until it is started
    "
  `);
});

it("kasmix restart --help", async () => {
  expect(await help("restart")).toMatchInlineSnapshot(`
    "
    Restart a workspace's container, or services in it.

    Usage
      ./kasmix restart WORKSPACE [SERVICE...] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      SERVICE    Services in it, as ./kasmix status shows them (default: the container)

    Flags
      --no-wait          Give the order and do not wait
      --timeout SECONDS  How long to wait at most (default: 60)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix restart desktop                     the container, and wait until it is ready
      ./kasmix restart desktop display             one service, and wait until it is ready again
      ./kasmix restart desktop sound --timeout 10  exit code 7 if that takes longer
    "
  `);
});

it("kasmix status --help", async () => {
  expect(await help("status")).toMatchInlineSnapshot(`
    "
    Show the state of a workspace's container and of its services.

    Usage
      ./kasmix status WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix status desktop                                   state, address, image, and what every service does
      ./kasmix status desktop --json | jq -r .state             running, stopped or absent
      ./kasmix status desktop --json | jq .supervisor.services  its services, for scripts
    "
  `);
});

it("kasmix logs --help", async () => {
  expect(await help("logs")).toMatchInlineSnapshot(`
    "
    Print what a workspace's container, or a service in it, has logged.

    Usage
      ./kasmix logs WORKSPACE [SERVICE] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      SERVICE    Only this service's

    Flags
      -f, --follow  Go on printing until Ctrl-C
      --tail LINES  Only the last lines

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix logs desktop -f             watch the supervisor
      ./kasmix logs desktop --tail 20      the last twenty lines
      ./kasmix logs desktop sound -f       watch one service
      ./kasmix logs desktop | jq .service  into a pipe each line is JSON
    "
  `);
});

it("kasmix events --help", async () => {
  expect(await help("events")).toMatchInlineSnapshot(`
    "
    Print what happened to a workspace's services of late.

    Usage
      ./kasmix events WORKSPACE [SERVICE] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      SERVICE    Only this service's

    Flags
      -f, --follow  Go on printing until Ctrl-C
      --tail LINES  Only the last lines

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix events desktop -f                     watch services start, die and come back
      ./kasmix events desktop display                what happened to one of late
      ./kasmix events desktop -f --json | jq -r .to  for scripts: one JSON object a line
    "
  `);
});

it("kasmix exec --help", async () => {
  expect(await help("exec")).toMatchInlineSnapshot(`
    "
    Run a command in a running workspace.

    Usage
      ./kasmix exec WORKSPACE [flags] -- COMMAND...

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --user USER  Run it as another user, such as root

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix exec desktop                    a shell
      ./kasmix exec desktop -- ls -l           one command; its exit code is this one's
      ./kasmix exec desktop --user root -- id  as root
    "
  `);
});

it("kasmix open --help", async () => {
  expect(await help("open")).toMatchInlineSnapshot(`
    "
    Open a running workspace in the browser, or a URL in the workspace's browser.

    Usage
      ./kasmix open WORKSPACE [URL] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      URL        Opened in the workspace's browser (default: the workspace in this machine's)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix open desktop                    in the browser that this machine prefers
      ./kasmix open void https://example.org/  in void's browser; what its policy refuses is exit code 7
    "
  `);
});

it("kasmix list --help", async () => {
  expect(await help("list")).toMatchInlineSnapshot(`
    "
    List the workspaces and what has been locked, built and started.

    Usage
      ./kasmix list [flags]

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix list                            every workspace, one a line
      ./kasmix list --json | jq -r '.[].name'  their names
    "
  `);
});

it("kasmix generate --help", async () => {
  expect(await help("generate")).toMatchInlineSnapshot(`
    "
    Render the Nix expressions and scripts from the workspaces.

    Usage
      ./kasmix generate [WORKSPACE] [flags]

    Arguments
      WORKSPACE  Only this one (default: all)

    Flags
      --check  Write nothing; fail with a diff where a file is out of date

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix generate          after a change of a workspace.ts; build does it too
      ./kasmix generate --check  in CI
    "
  `);
});

it("kasmix lock --help", async () => {
  expect(await help("lock")).toMatchInlineSnapshot(`
    "
    Resolve a workspace's Debian packages and pin them.

    Usage
      ./kasmix lock [WORKSPACE] [flags]

    Arguments
      WORKSPACE  Only this one (default: all)

    Flags
      --check              Write nothing; fail where apt would now take other versions
      --architecture NAME  Machines that the packages are for: amd64 or arm64 (default: amd64)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix lock desktop  after a change of its packages, or for the newest versions
      ./kasmix lock --check  what is outdated
    "
  `);
});

it("kasmix update --help", async () => {
  expect(await help("update")).toMatchInlineSnapshot(`
    "
    Find the newest versions of a workspace's vendor software and pin them.

    Usage
      ./kasmix update WORKSPACE [PACKAGE] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      PACKAGE    Only this one of its vendor packages (default: all)

    Flags
      --check  Write nothing; fail where there is a newer version

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix update signal          write the newest version and its hash into workspace.ts
      ./kasmix update void discord    one package of several
      ./kasmix update signal --check  exit code 9 if there is a newer one
    "
  `);
});

it("kasmix doctor --help", async () => {
  expect(await help("doctor")).toMatchInlineSnapshot(`
    "
    Check what this machine needs, and install it with --fix.

    Usage
      ./kasmix doctor [flags]

    Flags
      --fix        Install and start what is missing (Debian and Ubuntu, as root)
      --port PORT  Port on this machine; KASMIX_PORT sets another default (default: 6901)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix doctor        what is there, what is missing, what to do
      ./kasmix doctor --fix  do it
    "
  `);
});

it("kasmix test --help", async () => {
  expect(await help("test")).toMatchInlineSnapshot(`
    "
    Run the project's tests.

    Usage
      ./kasmix test [TIER...] [flags]

    Arguments
      TIER  Any of: types, lint, unit, client, machine, nix, e2e

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix test                  everything; installs what the tests need on Debian, as root
      ./kasmix test types lint unit  what needs neither Nix nor a container engine
    "
  `);
});

it("kasmix bench --help", async () => {
  expect(await help("bench")).toMatchInlineSnapshot(`
    "
    Measure build, size, start, memory and recovery beside other ways to do the same; soak a container.

    Usage
      ./kasmix bench [flags]

    Flags
      --only PART           One part: build, start or recovery
      --runs COUNT          How often short things are measured (default: 5)
      --workspace NAME      Which workspace (default: desktop)
      --without-dockerfile  Leave out the comparison with a Dockerfile
      --load MINUTES        Have twenty viewers watch a moving desktop for so long, and measure the relay; nothing else
      --soak MINUTES        Kill a random service every second for so long, then check that all is well; nothing else

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix bench                      everything; takes several minutes
      ./kasmix bench --json > bench.json  the figures as JSON
      ./kasmix bench --only recovery      how soon killed services are back, beside other supervisors
      ./kasmix bench --load 15            one viewer, twenty, and slow ones, 5 minutes each: frames, memory, what waits; and the relay
      ./kasmix bench --soak 20            fails when a service, the container or memory is not well
    "
  `);
});

it("kasmix push --help", async () => {
  expect(await help("push")).toMatchInlineSnapshot(`
    "
    Put a built image into an OCI registry, sending only the layers it lacks.

    Usage
      ./kasmix push WORKSPACE [REFERENCE] [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      REFERENCE  HOST/NAME[:TAG] in an OCI registry (default: as registry/registry.json has it, under every tag of this version)

    Flags
      --insecure        Accept plain HTTP and certificates that nobody vouches for, as on this machine itself
      --no-attest       Attach neither bills of materials nor provenance
      --sign            Have cosign sign it by its digest; COSIGN_KEY names the key
      --without-vendor  Leave vendor software out; a window in its place says so

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix push desktop registry.example/team/desktop:1.0  the image of the last build; sign in before: skopeo login registry.example
      ./kasmix push desktop localhost:5000/desktop             a registry on this machine
      ./kasmix push desktop                                    where the Kasm registry says that it is; noted for ./kasmix registry build
    "
  `);
});

it("kasmix sbom --help", async () => {
  expect(await help("sbom")).toMatchInlineSnapshot(`
    "
    Print what is in a built image: every package with version, hash and licence.

    Usage
      ./kasmix sbom WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --format FORMAT   cyclonedx (1.6) or spdx (2.3), both as JSON (default: cyclonedx)
      --without-vendor  Leave vendor software out; a window in its place says so

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix sbom desktop > desktop.cdx.json  CycloneDX, for the last build
      ./kasmix sbom desktop --format spdx       SPDX
    "
  `);
});

it("kasmix pull --help", async () => {
  expect(await help("pull")).toMatchInlineSnapshot(`
    "
    Fetch a workspace's image from an OCI registry.

    Usage
      ./kasmix pull WORKSPACE REFERENCE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/
      REFERENCE  HOST/NAME[:TAG] in an OCI registry

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix pull desktop registry.example/team/desktop:1.0  then: ./kasmix run desktop --image kasmix/desktop:latest
    "
  `);
});

it("kasmix registry --help", async () => {
  expect(await help("registry")).toMatchInlineSnapshot(`
    "
    Build, publish, serve or check a Kasm registry of the workspaces.

    Usage
      ./kasmix registry ACTION [PLACE] [flags]

    Arguments
      ACTION  build, serve, check or publish
      PLACE   check: folder or address of the registry (default: registry/public)

    Flags
      --out FOLDER      build: folder to write the site to (default: registry/public)
      --url ADDRESS     Address of the site for Kasm (default: listUrl of registry/registry.json)
      --port PORT       serve: port on this machine (default: 8080)
      --bind ADDRESS    serve: address to listen on; 0.0.0.0 lets other machines read it (default: 127.0.0.1)
      --insecure        publish: accept plain HTTP, as in ./kasmix push
      --sign            publish: sign each image with cosign
      --without-vendor  Use the images built without vendor software

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix registry build                                              list.json, icons and a page, in registry/public
      ./kasmix registry build --url https://example.org/kasm/              for another address
      ./kasmix registry serve --bind 0.0.0.0 --url http://192.0.2.7:8080/  for a Kasm on the same network
      ./kasmix registry publish                                            push every workspace's image, then build
      ./kasmix registry check https://example.org/kasm/                    check whether Kasm can read it
    "
  `);
});

it("kasmix manifest --help", async () => {
  expect(await help("manifest")).toMatchInlineSnapshot(`
    "
    Write what deploys a workspace: Kubernetes, Helm, compose, docker run.

    Usage
      ./kasmix manifest WORKSPACE [flags]

    Arguments
      WORKSPACE  Name of a folder under workspaces/

    Flags
      --kubernetes                Write Kubernetes objects for kubectl apply
      --helm                      Write a Helm chart; needs --out
      --compose                   Write a compose file
      --docker-run                Write a docker run command
      --out PATH                  File to write; with --helm, the chart's folder (default: stdout)
      --image REFERENCE           NAME[:TAG] or NAME@DIGEST (default: this version's image in registry/registry.json)
      --storage SIZE              Cluster: size of the home and of each other volume (default: 10GiB)
      --side-ports                Cluster: open ports 4901 to 4904, for Kasm's own page
      --launcher-from NAMESPACES  Cluster: namespaces that reach the URL launcher, separated by commas (default: its own)
      --cilium                    Cluster: write a CiliumNetworkPolicy instead of a NetworkPolicy
      --vpn                       Cluster: route all traffic through gluetun, a VPN client in the same pod
      --any-uid                   Cluster: let the cluster choose the user id, as OpenShift does
      --port PORT                 Port on this machine; KASMIX_PORT sets another default (default: 6901)
      --bind ADDRESS              Address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)

    Flags of every command
      --json         Print the result as JSON on stdout
      -q, --quiet    Print only results and errors
      -v, --verbose  Print everything the tools underneath say
      --no-color     Plain text; NO_COLOR does the same
      -h, --help     Show this help

    Examples
      ./kasmix manifest desktop --kubernetes | kubectl apply -f -                           into a cluster
      ./kasmix manifest void --kubernetes --vpn --cilium --launcher-from dashboard          through a VPN, with its launcher open to one namespace
      ./kasmix manifest desktop --helm --out charts/desktop                                 a chart with values.yaml and its schema
      ./kasmix manifest desktop --compose --image kasmix/desktop:latest --out compose.yaml  the same setup as ./kasmix run
    "
  `);
});
