#!/bin/sh
# Makes sure that Chromium and fonts for Arabic are there; installs Debian's packages where it may.
# The headless shell is the same Chromium without a window around it, and does the same pages with a third of the work.
set -eu
has() { command -v "$1" >/dev/null 2>&1; }
fonts() { fc-list 2>/dev/null | grep -qi "Noto Naskh Arabic\|NotoNaskhArabic"; }
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
if has chromium-headless-shell && fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && has apt-get; then
  echo "Installing Debian's Chromium and fonts for the browser tests"
  apt-get update -qq || true
  install chromium-headless-shell fonts-noto-core fontconfig || install chromium fonts-noto-core fontconfig || true
fi
if { has chromium-headless-shell || has chromium; } && fonts; then exit 0; fi
echo "The browser tests need Chromium and an Arabic font. Install them once, then run make test again:" >&2
echo "    sudo apt-get install chromium-headless-shell fonts-noto-core fontconfig" >&2
exit 1
