#!/bin/sh
# A few settings that every machine of ours has.
set -eu

cat > /etc/sysctl.d/60-hardening.conf <<'CONF'
kernel.kptr_restrict = 2
net.ipv4.conf.all.rp_filter = 1
CONF

mkdir -p /etc/ssh/sshd_config.d
printf 'PermitRootLogin no\nPasswordAuthentication no\n' > /etc/ssh/sshd_config.d/60-hardening.conf
