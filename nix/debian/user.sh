# After the core packages: the user that every workspace runs as, with the fixed id that owns Kasm's volumes.
groupadd --gid 1000 kasm-user
useradd --uid 1000 --gid 1000 --home-dir /home/kasm-user --no-create-home --shell /bin/bash --comment "Kasm user" kasm-user
# Users without an entry: see nix/user/nss.c.
sed -i 's/^passwd:.*/& kasmix/' /etc/nsswitch.conf
# Shells of `docker exec`, which have the image's environment.
sed -i '1i . /dockerstartup/generate_container_user' /etc/bash.bashrc
