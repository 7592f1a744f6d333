# Builds the tree of links of skeleton.nix in $out, by nixpkgs' own shell.
mkdir -p $out/usr/bin $out/usr/share/fonts $out/usr/lib $out/usr/local/bin $out/usr/local/share $out/etc/fonts $out/etc/dbus-1 $out/etc/xdg

set -- $targets
for path in $paths; do
  if [ ! -e "$1" ]; then
    echo "$path should link to $1, which its package does not have" >&2
    exit 1
  fi
  mkdir -p "$out${path%/*}"
  ln -s "$1" "$out$path"
  shift
done

# Folders are real and files are links, so that the workspace's own files can go between them. The first file wins.
show() {
  if [ -d "$1" ]; then
    mkdir -p "$2"
    cp -rs --no-preserve=mode --update=none "$1/." "$2"
  fi
}
for package in $packages; do
  show "$package/bin" $out/usr/bin
  show "$package/sbin" $out/usr/bin
  show "$package/etc/xdg" $out/etc/xdg
  # The modules of the panel's plugins, whose packages are not the panel's.
  show "$package/lib/xfce4/panel/plugins" $out/usr/lib/xfce4/panel/plugins
  for folder in applications backgrounds dbus-1 desktop-directories fonts icons mime pixmaps sounds themes xfce4 Thunar; do
    show "$package/share/$folder" "$out/usr/share/$folder"
  done
  show "$package/share/glib-2.0/schemas" $out/usr/share/glib-2.0/schemas
  # Where nixpkgs moves schemas to, so that each program is wrapped with its own.
  for schemas in "$package"/share/gsettings-schemas/*/glib-2.0/schemas; do
    show "$schemas" $out/usr/share/glib-2.0/schemas
  done
done

# The cache of one package lacks the icons of the others; without a cache, GTK searches the folders.
find $out/usr/share/icons -name icon-theme.cache -delete
rm -f $out/usr/share/glib-2.0/schemas/gschemas.compiled $out/usr/share/applications/mimeinfo.cache
glib-compile-schemas $out/usr/share/glib-2.0/schemas
update-desktop-database $out/usr/share/applications
find $out/usr/share/mime -mindepth 1 -maxdepth 1 ! -name packages -exec rm -r {} +
update-mime-database $out/usr/share/mime

cp $fontsConf $out/etc/fonts/fonts.conf
cp $sessionConf $out/etc/dbus-1/session.conf
