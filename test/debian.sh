#!/usr/bin/env bash
# Installs from Debian what the tests need and the machine lacks.
set -euo pipefail
declare -A package=([readelf]=binutils [eu-elflint]=elfutils [llvm-symbolizer]=llvm [gdb]=gdb
  [aarch64-linux-gnu-as]=binutils-aarch64-linux-gnu [qemu-aarch64]=qemu-user [tmux]=tmux
  [genhtml]=lcov [xmllint]=libxml2-utils [chromium]=chromium)
missing=()
for tool in "${!package[@]}"; do command -v "$tool" >/dev/null || missing+=("${package[$tool]}"); done
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "kcovjs: the tests need ${missing[*]}; install them with your system's package manager" >&2
  exit 1
fi
sudo=(); [ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
