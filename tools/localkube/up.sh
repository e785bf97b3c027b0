#!/usr/bin/env bash
# Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and KWOK on 127.0.0.1 with fresh keys
# and tokens, waits until every fake node is Ready, and prints the path of a kubeconfig.   up.sh STATE_DIR
# KUBECP:  the program that holds all five (`fairlead tools install kubecp`).
# KUBECTL: the kubectl to use (default: the one on the PATH).
# STAGES:  a file of KWOK Stages, instead of KWOK's built-in ones for the kinds in it.
# NODES:   number of fake nodes (default 1).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
KUBECP=${KUBECP:?path of the kubecp binary}
KUBECTL=${KUBECTL:-kubectl}
NODES=${NODES:-1}
STATE=${1:?usage: up.sh STATE_DIR}
mkdir -p "$STATE"; chmod 700 "$STATE"; STATE=$(cd "$STATE" && pwd)
[ -e "$STATE/pids" ] && { echo "up.sh: $STATE is in use (run down.sh $STATE)" >&2; exit 1; }
umask 077
cat /proc/sys/kernel/random/boot_id >"$STATE/boot"
: >"$STATE/pids"
starting=
recorded() { grep -q "^$1 " "$STATE/pids"; }
fail() { # WHAT [NAME]: shows the end of the log of the part that it is about, otherwise of every part
  trap '' INT TERM HUP
  for _ in $(seq 1 100); do [ -z "$starting" ] || recorded "$starting" || { sleep 0.02; continue; }; break; done
  echo "up.sh: $1" >&2
  if [ -n "${2:-}" ]; then tail -n 15 "$STATE/$2.log" >&2; else tail -n 5 "$STATE"/*.log >&2; fi || true
  FAST=1 bash "$here/down.sh" "$STATE" >&2 || true
  exit 1
}
trap 'fail interrupted' INT TERM HUP

# --- free loopback ports
taken=" "
free_port() { # sets REPLY
  while :; do
    REPLY=$(( 20000 + RANDOM % 12000 ))
    case $taken in *" $REPLY "*) continue;; esac
    (exec 3<>"/dev/tcp/127.0.0.1/$REPLY") 2>/dev/null && continue
    taken+="$REPLY "; return
  done
}
free_port; EC=$REPLY; free_port; EPEER=$REPLY; free_port; API=$REPLY; free_port; KW=$REPLY

# --- keys, certificates, tokens
cd "$STATE"
tok() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
ec() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; }
ec ca.key; openssl req -x509 -new -key ca.key -subj /CN=localkube-ca -days 2 -out ca.crt 2>/dev/null
ec apiserver.key
openssl req -new -key apiserver.key -subj /CN=kube-apiserver 2>/dev/null |
  openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out apiserver.crt \
    -extfile <(printf 'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc\nextendedKeyUsage=serverAuth\n') 2>/dev/null
ec sa.key; openssl ec -in sa.key -pubout -out sa.pub 2>/dev/null
: >tokens.csv
kubeconfig() { # FILE USER: a token of its own, group system:masters
  local t; t=$(tok)
  printf '%s,%s,%s,"system:masters"\n' "$t" "$2" "$2" >>tokens.csv
  cat >"$1" <<EOK
apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$API", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $2, user: {token: $t}}]
contexts: [{name: local, context: {cluster: local, user: $2}}]
current-context: local
EOK
}
kubeconfig kubeconfig local-admin
kubeconfig kcm.conf kube-controller-manager
kubeconfig sched.conf kube-scheduler
kubeconfig kwok.conf kwok

# --- start; each process writes down its own pid and start time before it becomes the program, so that there
# is no moment at which down.sh would not know it
start() { # NAME ARGS...
  starting=$1
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid bash -c 'echo "$1 $$ $(awk "{sub(/.*\\) /,\"\"); print \$20}" /proc/$$/stat)" >>pids; exec "$0" "$@"' \
    "$KUBECP" "$@" >"$starting.log" 2>&1 </dev/null &
  disown # otherwise bash tells of each one that down.sh ends
  until recorded "$starting"; do sleep 0.01; done
}
alive() { while read -r n p _; do kill -0 "$p" 2>/dev/null || fail "$n ended" "$n"; done <pids; }
K() { "$KUBECTL" --kubeconfig kubeconfig "$@"; }
until_ok() { # SECONDS WHAT CMD...
  local end=$(( SECONDS + $1 )) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    alive; [ $SECONDS -lt $end ] || fail "timed out: $what"; sleep 0.2
  done
}

start etcd --name local --data-dir "$STATE/etcd" --log-level warn --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$EC" --advertise-client-urls "http://127.0.0.1:$EC" \
  --listen-peer-urls "http://127.0.0.1:$EPEER" --initial-advertise-peer-urls "http://127.0.0.1:$EPEER" \
  --initial-cluster "local=http://127.0.0.1:$EPEER"
start kube-apiserver --etcd-servers "http://127.0.0.1:$EC" \
  --bind-address 127.0.0.1 --secure-port "$API" --advertise-address 127.0.0.1 --endpoint-reconciler-type none \
  --tls-cert-file apiserver.crt --tls-private-key-file apiserver.key \
  --token-auth-file tokens.csv --authorization-mode RBAC \
  --service-account-issuer https://kubernetes.default.svc --service-account-key-file sa.pub \
  --service-account-signing-key-file sa.key --service-cluster-ip-range 10.96.0.0/16 \
  --allow-privileged --profiling=false
until_ok 90 "kube-apiserver /readyz" curl -sf --noproxy 127.0.0.1 --cacert ca.crt "https://127.0.0.1:$API/readyz"
start kube-controller-manager --kubeconfig kcm.conf --leader-elect=false --secure-port 0 \
  --service-account-private-key-file sa.key --root-ca-file ca.crt --profiling=false
start kube-scheduler --kubeconfig sched.conf --leader-elect=false --secure-port 0 --profiling=false
start kwok --kubeconfig kwok.conf --manage-all-nodes --node-lease-duration-seconds 40 \
  --server-address "127.0.0.1:$KW" ${STAGES:+--config "$STAGES"}

for i in $(seq 1 "$NODES"); do cat <<EON
---
apiVersion: v1
kind: Node
metadata:
  name: fake-$i
  annotations: {node.alpha.kubernetes.io/ttl: "0"}
  labels: {kubernetes.io/hostname: fake-$i, kubernetes.io/os: linux, kubernetes.io/arch: amd64, type: kwok}
status:
  allocatable: {cpu: "64", memory: 256Gi, ephemeral-storage: 256Gi, pods: "250"}
  capacity: {cpu: "64", memory: 256Gi, ephemeral-storage: 256Gi, pods: "250"}
EON
done | K create -f - >/dev/null || fail "the nodes were refused"
until_ok 60 "service account default" K get serviceaccount default
until_ok 60 "node Ready" K wait --for=condition=Ready node --all --timeout=1s
echo "$STATE/kubeconfig"
