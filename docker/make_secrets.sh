#!/bin/sh
# Make the secrets of docker-compose.yml once: a database password, the address that holds it, and the privacy key.
# Existing secrets stay: a new privacy key would make every customer and agent a stranger.
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# Containers read the files as another user, so the folder guards them, not their mode.
keep() { [ -s "$folder/$1" ] || { umask 022; printf %s "$2" >"$folder/$1"; echo "made $folder/$1"; }; }

keep postgres_password "$(random)"
keep earshot_database_url "postgresql://earshot:$(cat "$folder/postgres_password")@postgres/earshot"
keep earshot_privacy_key "$(random)"
