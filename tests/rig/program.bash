# Sourced by the scripts that start and stop programs, with $dir set: which programs of the rig are alive, and where.
# shellcheck shell=bash disable=SC2154

fail() { printf 'rig: %s\n' "$*" >&2; exit 1; }

# running NAME: the program lives. Its number alone would not tell, since another process may have it by now; a process
# that has ended and that nobody has asked about yet has no command line any more.
running() {
  [ -f "$dir/pid/$1" ] && [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$dir/pid/$1")/cmdline") == *"$dir"* ]]
}

# start NAME COMMAND...: in a session of its own, with its output in a file and its id on record.
start() {
  local name=$1
  shift
  running "$name" && return
  setsid "$@" >>"$dir/log/$name" 2>&1 </dev/null 9>&- &
  echo $! >"$dir/pid/$name"
}

# wait_for NAME WHAT COMMAND...: polls until COMMAND succeeds, as long as the program NAME lives.
wait_for() {
  local name=$1 what=$2 end=$((SECONDS + 90))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ -z "${stopping:-}" ] || fail "stopped before $what"
    # A program that has just been started has no command line for a moment.
    running "$name" || { sleep 0.2 && running "$name"; } ||
      fail "$name ended before $what; its last lines:"$'\n'"$(tail -n 5 "$dir/log/$name")"
    [ $SECONDS -lt $end ] || fail "waited 90 s and still not $what; see $dir/log/"
    sleep 0.1
  done
}

kubectl() { "$bin/kubectl" --kubeconfig="$dir/admin.kubeconfig" --cache-dir="$dir/cache" "$@"; }

# at_home NAME: the program lives in the network namespace of this shell.
at_home() { [ "$(readlink "/proc/$(cat "$dir/pid/$1")/ns/net")" = "$(readlink /proc/self/ns/net)" ]; }

in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# way_in: the words before a command that is to run in the namespace of the rig.
way_in() { printf 'nsenter --target %s %s' "$(cat "$dir/pid/namespace")" "$(cat "$dir/way-in")"; }

# go_home COMMAND...: goes on with the command in the namespace of the rig, if it has one and this is another.
go_home() {
  running namespace || return 0
  if at_home namespace; then return; fi
  # shellcheck disable=SC2046 # words
  exec $(way_in) env MIDWATCH_RIG_NAMESPACE="$(cat "$dir/way-in")" "$@"
}
