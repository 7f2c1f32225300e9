#!/bin/sh
# Makes sure that Chromium and fonts for Arabic are there; installs Debian's packages where it may.
set -eu
fonts() { fc-list 2>/dev/null | grep -qi "Noto Naskh Arabic\|NotoNaskhArabic"; }
if command -v chromium >/dev/null 2>&1 && fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Debian's chromium and fonts for the browser tests"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fontconfig >/dev/null
  command -v chromium >/dev/null 2>&1 && exit 0
fi
echo "The browser tests need Chromium and an Arabic font. Install them once, then run make test again:" >&2
echo "    sudo apt-get install chromium fonts-noto-core fontconfig" >&2
exit 1
