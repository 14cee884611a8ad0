#!/bin/sh
# Installs nginx and the site that was uploaded beside this script.
set -eu

apt-get update -q
apt-get install -q -y --no-install-recommends nginx-light || apt-get install -q -y --no-install-recommends nginx

install -D -m 0644 /tmp/index.html /var/www/example/index.html
install -D -m 0644 /tmp/site.conf /etc/nginx/sites-available/example
ln -sf ../sites-available/example /etc/nginx/sites-enabled/example
rm -f /etc/nginx/sites-enabled/default /tmp/index.html /tmp/site.conf
printf '%s\n' "$VERSION" > /var/www/example/version.txt
nginx -t
