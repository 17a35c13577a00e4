#!/bin/sh
# Makes the Python environment var/env/NAME (server or client) from etc/requirements-NAME.txt.
# Silent, quick and without network where it is up to date. Each state of the requirements gets a folder
# of its own and var/env/NAME is a link to it, because an environment can be neither moved nor mended in place
# while something runs from it.
set -eu
cd "$(dirname "$0")/.."
name=$1
requirements=etc/requirements-$name.txt
case $name in
  server) options=--system-site-packages ;;  # DaCHS and what it stands on are Debian's
  client) options= ;;
esac
python=/usr/bin/python3

fail() { echo "photvo: $*" >&2; exit 1; }
sum=$({ $python -V; pwd; cat "$requirements"; } 2>&1 | sha256sum | cut -c1-12)
folder=var/env/$name-$sum
[ -e "$folder/complete" ] && [ "$(readlink "var/env/$name")" = "$name-$sum" ] && exit 0

$python -c 'import ensurepip' 2>/dev/null || fail "python3-venv is not installed: run \`make run\`, which installs it"
mkdir -p var/env 2>/dev/null && [ -w var/env ] || fail "no permission to write in $(pwd)/var/env: run as the owner of the checkout"
exec 9>var/env/lock
flock 9
if [ ! -e "$folder/complete" ]; then
  echo "photvo: making the Python environment $folder" >&2
  rm -rf "$folder"
  log=var/env/$name.log
  if ! { $python -m venv $options "$folder" &&
         PIP_ROOT_USER_ACTION=ignore "$folder/bin/python" -m pip install --no-input --disable-pip-version-check -q -r "$requirements"
       } >"$log" 2>&1; then
    rm -rf "$folder"
    fail "the Python environment could not be made: $(grep -v '^WARNING' "$log" | tail -n 1) (see $log)"
  fi
  touch "$folder/complete"
fi
[ -L "var/env/$name" ] || rm -rf "var/env/$name"
ln -sfn "$name-$sum" "var/env/$name"
for old in "var/env/$name"-*; do
  [ "$old" = "$folder" ] || rm -rf "$old"
done
