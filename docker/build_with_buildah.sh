#!/usr/bin/env bash
# Build the image and run it, on a machine without a Docker engine: buildah on a Debian base made by debootstrap.
# The base is kept in the user's cache. Needs root. Leaves no container behind; keeps the image `earshot:local`.
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/earshot"
base="localhost/earshot-base:bookworm"
image="localhost/earshot:local"
archive="$cache/base-bookworm.tar"
export BUILDAH_ISOLATION=chroot

scratch=$(mktemp -d)
container=""
finish() {
  [ -z "$container" ] || buildah rm "$container" >/dev/null
  rm -rf "$scratch"
}
trap finish EXIT

if [ ! -s "$archive" ]; then
  mkdir -p "$cache"
  debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$scratch/root" >"$scratch/log" \
    || { tail -n 20 "$scratch/log"; exit 1; }
  rm -rf "$scratch"/root/var/cache/apt/archives/*.deb "$scratch"/root/var/lib/apt/lists/*
  tar --create --file "$archive.part" --directory "$scratch/root" .
  mv "$archive.part" "$archive"
fi

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$archive" / >/dev/null
  buildah commit --quiet "$container" "$base" >/dev/null
  buildah rm "$container" >/dev/null
  container=""
fi

# The build trusts the certificates that this machine trusts.
buildah build --format docker --layers --pull-never --build-arg BASE_IMAGE="$base" \
  --volume /etc/ssl/certs:/etc/ssl/certs:ro --tag "$image" . >"$scratch/build.log" 2>&1 \
  || { tail -n 40 "$scratch/build.log"; exit 1; }

container=$(buildah from --pull-never "$image")
inside() { buildah run "$container" -- "$@"; }

[ "$(inside id -u)" = 10001 ] || { echo "the image runs as $(inside id -u), not as 10001"; exit 1; }
inside earshot --help >/dev/null
inside python -c "import api.app, api.mcp"
inside earshot formats zendesk --sample >/dev/null
inside earshot db upgrade
# No broker answers in here, so doctor must find that fault and no other.
if report=$(inside earshot doctor); then
  echo "doctor found nothing wrong, but no broker runs in here"
  exit 1
fi
echo "$report"
[ "$(grep '^fault' <<<"$report" | cut -d: -f1)" = "fault broker" ] || { echo "doctor found another fault than the broker"; exit 1; }
inside python -c "$(cat docker/try_board.py)"
echo "The image is built and runs: commands, migration, doctor, board."
