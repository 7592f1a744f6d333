# Files that every image with the base nixpkgs has, as lib/files.nix takes them. Those of /etc are regular files, so
# that an engine can read the users and write host names.
{
  directories = [
    { path = "/root"; mode = "0700"; }
    { path = "/run"; }
    { path = "/var/cache"; }
    { path = "/var/empty"; mode = "0555"; }
    { path = "/var/lib/dbus"; }
    { path = "/var/tmp"; mode = "1777"; }
  ];
  files = [
    { path = "/bin"; link = "usr/bin"; }
    { path = "/sbin"; link = "usr/bin"; }
    { path = "/lib"; link = "usr/lib"; }
    { path = "/usr/sbin"; link = "bin"; }
    { path = "/var/run"; link = "/run"; }
    {
      path = "/etc/passwd";
      source = builtins.toFile "passwd" ''
        root:x:0:0:root:/root:/bin/bash
        kasm-user:x:1000:1000:Kasm user:/home/kasm-user:/bin/bash
        nobody:x:65534:65534:nobody:/var/empty:/bin/false
      '';
    }
    {
      path = "/etc/group";
      source = builtins.toFile "group" ''
        root:x:0:
        tty:x:5:
        audio:x:29:
        video:x:44:
        kasm-user:x:1000:
        nogroup:x:65534:
      '';
    }
    {
      path = "/etc/shadow";
      mode = "0640";
      source = builtins.toFile "shadow" ''
        root:*:1::::::
        kasm-user:!:1::::::
        nobody:*:1::::::
      '';
    }
    {
      path = "/etc/nsswitch.conf";
      source = builtins.toFile "nsswitch.conf" ''
        passwd: files
        group: files
        shadow: files
        hosts: files dns
        networks: files
        services: files
        protocols: files
      '';
    }
    {
      path = "/etc/os-release";
      source = builtins.toFile "os-release" ''
        NAME="Kasmix"
        ID=kasmix
        ID_LIKE=nixos
        PRETTY_NAME="Kasmix on nixpkgs"
      '';
    }
    { path = "/etc/shells"; source = builtins.toFile "shells" "/bin/sh\n/bin/bash\n"; }
  ];
}
