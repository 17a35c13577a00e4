#!/bin/sh
# Sees to it that the Debian packages photvo needs are there: sh etc/packages.sh server|test
# Silent, quick and without network where nothing is missing; else says what it installs, as root or by sudo.
set -eu
cd "$(dirname "$0")/.."
what=${1:?server or test}

say() { echo "photvo: $*" >&2; }
fail() { say "$@"; exit 1; }

release=${PHOTVO_OS_RELEASE:-/etc/os-release}
[ -r "$release" ] || fail "Debian 12 or 13 is needed; this system has no $release"
system=$(. "$release"; echo "${ID-}${VERSION_ID-}")
case $system in
  debian12) postgresql=15 ;;
  debian13) postgresql=17 ;;
  *) fail "Debian 12 or 13 is needed; this is $(. "$release"; echo "${PRETTY_NAME-another system}")" ;;
esac

server="python3-gavo python3-venv python3-astropy python3-matplotlib python3-psycopg2 ca-certificates
  postgresql-$postgresql postgresql-$postgresql-pgsphere postgresql-$postgresql-q3c"
case $system in
  # half of this family upgraded cannot run: all of it is named
  debian12) stilts="stilts topcat starlink-vo-java starlink-registry-java starlink-task-java starlink-tfcat-java
    starlink-dpac-java starlink-datanode-java starlink-array-java" ;;
  debian13) stilts="stilts default-jre-headless" ;;
esac
[ "$what" = test ] && wanted="$server curl $stilts" || wanted=$server

installed() {  # package [least version]
  version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null) || return 1
  case $version in "installed "*) ;; *) return 1 ;; esac
  [ -z "${2-}" ] || dpkg --compare-versions "${version#installed }" ge "$2"
}

missing=
for package in $wanted; do
  case $package in
    python3-gavo) least=2.11 ;;
    stilts) least=3.5 ;;
    topcat) least=4.10 ;;
    *) least= ;;
  esac
  installed "$package" $least || missing="$missing $package"
done

# pgSphere's script names operators that PostgreSQL refuses from 15.19 on. A corrected copy under a version name of
# its own lies beside it then; the cluster's set-up takes it only where the plain statement fails.
extensions=/usr/share/postgresql/$postgresql/extension
broken=$extensions/pg_sphere--1.2.0.sql
corrected=$extensions/pg_sphere--1.2.0photvo.sql
needs_correction() {
  [ ! -e "$corrected" ] && [ -e "$broken" ] && installed "postgresql-$postgresql" 15.19 &&
    [ "$system" = debian12 ] && grep -q "COMMUTATOR = '@>'" "$broken"
}

[ -n "$missing" ] || needs_correction || exit 0

if [ "$(id -u)" != 0 ]; then
  refusal="no permission to install$missing: run \`make run\` as root once, or as a user with sudo"
  [ -n "$missing" ] || refusal="no permission to write $corrected: run \`make run\` as root once, or as a user with sudo"
  command -v sudo >/dev/null || fail "$refusal"
  ask=-n
  if [ -t 0 ]; then
    ask=
    say "installing needs root; asking sudo"
  fi
  sudo $ask true 2>/dev/null || fail "$refusal"
  exec sudo $ask sh "$(pwd)/etc/packages.sh" "$what"
fi

log=$(mktemp)
ours=
cleanup() {
  status=$?
  [ $status = 0 ] || [ -z "$ours" ] || rm -f $ours
  rm -f "$log" /etc/postgresql-common/createcluster.d/photvo.conf
  exit $status
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null ||
    fail "apt-get $1 failed: $(grep '^E: ' "$log" | tail -n 1 || tail -n 1 "$log")"
}

if [ -n "$missing" ]; then
  say "installing with apt-get:" $missing
  case "$system $missing" in debian12*gavo*|debian12*stilts*|debian12*starlink*|debian12*topcat*)
    if [ ! -e /etc/apt/sources.list.d/photvo-trixie.sources ]; then
      say "adding Debian 13 as a source for DaCHS and STILTS alone: /etc/apt/sources.list.d/photvo-trixie.sources, /etc/apt/preferences.d/photvo"
      set -- $(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk '($1 == "bookworm" || $1 == "oldstable" || $1 == "stable") && $2 == "main" {print $3; exit}')
      [ $# -gt 0 ] || fail "apt's sources name no mirror of Debian 12 (main): add one to /etc/apt/sources.list"
      ours="/etc/apt/sources.list.d/photvo-trixie.sources /etc/apt/preferences.d/photvo"
      cp etc/apt/photvo.preferences /etc/apt/preferences.d/photvo
      sed "s|@MIRROR@|$1|" etc/apt/photvo-trixie.sources >/etc/apt/sources.list.d/photvo-trixie.sources
      chmod 644 $ours
    fi ;;
  esac
  if ! installed postgresql-common; then
    # photvo has a cluster of its own: none is made on port 5432 that nobody asked for
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/photvo.conf
  fi
  dpkg --configure -a >"$log" 2>&1 || true  # what an interrupted installation left
  apt update
  apt install --no-install-recommends $missing
  ours=
fi
if needs_correction; then
  say "adding $corrected (the packaged script does not load into this PostgreSQL)"
  awk '/^CREATE OPERATOR @ \(/ {inside = 1} /^\);/ {inside = 0; smoc = 0} inside && /RIGHTARG *= *smoc/ {smoc = 1}
       smoc && /(COMMUTATOR|NEGATOR) *=/ {next} {print}' "$broken" >"$corrected.new"
  mv "$corrected.new" "$corrected"
fi
