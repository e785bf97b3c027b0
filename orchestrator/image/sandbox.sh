#!/bin/sh
# For tests, where there is no container engine: runs a command in the file system of an image, over the programs of this machine in
# place of the base image's, as the image's user. What only reads has no privileges either, as `--read-only --cap-drop=ALL` says to an
# engine. To be called in a mount namespace of its own.
#   sandbox.sh ROOT ro|rw USER:GROUP FOLDER [SOURCE:TARGET]... -- COMMAND...
set -eu
root=$1 mode=$2 user=$3 folder=$4
shift 4

mount --bind "$root" "$root"
for shared in /bin /sbin /lib /lib64 /usr /etc /proc; do
  if [ -L "$shared" ]; then
    ln -sfn "$(readlink "$shared")" "$root$shared"
  elif [ -e "$shared" ]; then
    mkdir -p "$root$shared"
    mount --rbind "$shared" "$root$shared"
  fi
done
# The machine's own folder of devices would be at the mercy of a step that runs as root.
mkdir -p "$root/dev"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for place in "$@"; do
  [ "$place" != -- ] || break
  mkdir -p "$root${place#*:}"
done
without=
if [ "$mode" = ro ]; then
  mount -o remount,bind,ro "$root"
  without="--inh-caps=-all --bounding-set=-all"
fi
for kept in /usr /etc; do mount -o remount,bind,ro "$root$kept"; done
while [ "$1" != -- ]; do
  mount --bind "${1%%:*}" "$root${1#*:}"
  shift
done
shift

exec chroot "$root" setpriv --reuid="${user%%:*}" --regid="${user#*:}" --clear-groups --no-new-privs \
  $without env --chdir="$folder" "$@"
