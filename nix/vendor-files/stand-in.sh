#!/bin/sh
# Stands in for a program that this image was built without (docs/build/vendor.md): a window that says so, and stays.
package=@package@ version=@version@ url=@url@ title=@title@ workspace=@workspace@

echo "$title: $package $version is not in this image, which was built with --without-vendor" >&2

text=$(cat << EOF

  $package $version is not in this image.

  The image was built with --without-vendor, so nothing of this was fetched:

    $url

  This window stands in its place. To have the software itself, build the
  workspace again where that address can be reached:

    ./kasmix up $workspace

  More in docs/build/vendor.md. Everything else in this workspace works.
EOF
)

# --disable-server: this process owns the window, so that the supervisor sees its end.
exec xfce4-terminal --disable-server --title "$title (not in this image)" --dynamic-title-mode none \
  --geometry 84x18 --hide-menubar --hide-toolbar --hide-scrollbar --execute \
  sh -c 'trap "" INT QUIT TSTP; stty -echo; printf "\033[?25l%s\n" "$1"; exec sleep infinity' stand-in "$text"
