# Sourced by up and down, with $dir set: which programs of the rig are alive.
# shellcheck shell=bash

# running NAME: the program lives. Its number alone would not tell, since another process may have it by now; a process
# that has ended and that nobody has asked about yet has no command line any more.
running() {
  # shellcheck disable=SC2154 # given by the script that sources this one
  [ -f "$dir/pid/$1" ] && [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$dir/pid/$1")/cmdline") == *"$dir"* ]]
}
