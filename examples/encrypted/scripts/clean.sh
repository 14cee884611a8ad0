#!/bin/sh
# Leaves nothing of the build in the image.
set -eu

rm -rf /var/lib/cloud/instances /var/log/cloud-init*.log
rm -f /root/.bash_history /home/*/.bash_history
