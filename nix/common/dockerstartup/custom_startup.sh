#!/opt/kasmix/hide-secrets /bin/sh
# shellcheck shell=sh
# Opens a URL in the workspace's browser: custom_startup.sh --go|--assign --url URL
# With FORCE as second word it starts the apps, which DISABLE_CUSTOM_STARTUP may have held back.
go=
url=
words=0
force=
while [ $# -gt 0 ]; do
  case $1 in
    -g | --go | -a | --assign) go=1 ;;
    -u | --url)
      if [ $# -lt 2 ]; then
        echo "custom_startup.sh: $1 needs a URL" >&2
        exit 1
      fi
      url=$2
      shift
      ;;
    --url=*) url=${1#--url=} ;;
    --) ;;
    -*)
      echo "custom_startup.sh: unknown option $1; use --go|--assign --url URL" >&2
      exit 1
      ;;
    *)
      words=$((words + 1))
      [ $words -lt 2 ] || force=$1
      ;;
  esac
  shift
done

if [ -z "$go" ]; then
  # The start of the container, where the supervisor starts the apps.
  [ -n "$force" ] || exit 0
  read -r apps < /opt/kasmix/autostart || exit 0
  # shellcheck disable=SC2086 # one word for each app
  exec kasmixctl start $apps
fi
if [ -z "$url" ]; then
  echo "No URL specified: nothing to open"
  exit 0
fi
filter_ready
desktop_ready
exec kasmixctl open "$url"
