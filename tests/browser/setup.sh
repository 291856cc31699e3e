#!/bin/sh
# Finds a Chromium for the browser tests, or gets one: the distribution's package when root, else Playwright's own build.
# Where neither can be had the browser tests skip and say so; nothing else depends on it.
bin=$1
for name in chromium chromium-browser google-chrome; do command -v $name >/dev/null 2>&1 && exit 0; done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests (once) ..."
  (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium) >/dev/null 2>&1 && exit 0
fi
timeout 300 "$bin/playwright" install chromium >/dev/null 2>&1 || echo "no Chromium here: the browser tests will be skipped"
exit 0
