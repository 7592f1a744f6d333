# Takes the translations of some languages out of those that belong to layers of packages.
#
# In: layers     that have translations.tar
#     languages  as directories of /usr/share/locale are named: de has de_AT and de@hebrew too, and pt_BR has pt
mkdir all "$out"
for layer in $layers; do tar x -f "$layer/translations.tar" -C all; done
cd all/usr/share/locale
for language in $languages; do
  found=
  for directory in "$language" "$language"_* "$language"@* "${language%%[_@]*}"; do
    [ -d "$directory" ] || continue
    found=1
    [ -e "$out/$directory" ] || cp -r "$directory" "$out"
  done
  if [ -z "$found" ]; then
    echo "There are no translations for \`$language\` of \`languages\`. There are these:" * >&2
    exit 1
  fi
done
