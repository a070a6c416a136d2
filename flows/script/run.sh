tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() { printf '%s\n' "$*" >&2; }
stop() { say "stopped: $*"; exit 1; }

for tool in jq @TOOLS@; do
  command -v "$tool" >/dev/null || stop "$tool is needed, and is not installed here"
done

@TOOL@

# What the log says last of a line: nothing, sent, refused, done ID, seen ID,
# back ID (its way back was sent), undone.
state() { [ ! -f "$LOG" ] || awk -v n="$1" '$1 == n { s = $2 " " $3 } END { print s }' "$LOG"; }
note() { printf '%s\n' "$*" >>"$LOG"; }

# The object that a line made. Where the log does not know it, nobody guesses.
made() {
  case "$(state "$1")" in
    "done "?* | "seen "?* | "back "?*) state "$1" | cut -d ' ' -f 2 ;;
    *) return 1 ;;
  esac
}

# shows N ID TEXT: looks until a line is so. Microsoft may take a while to show
# what it did, and may accept a change without making it. A look that fails
# decides nothing.
shows() {
  local try now told="it could not be looked at"
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if now=$("see_$1" "$2"); then
      told="it is '${now:-not there}'"
      if [ "$now" = "$3" ]; then
        say "   seen: ${now:-not there}"
        return 0
      fi
    fi
    [ "$try" = 10 ] || sleep 6
  done
  stop "line $1 was accepted, and is not to be seen yet: $told. Run this again later, which looks and does not send it again: some changes take an hour."
}

# change N TITLE ID BEFORE AFTER: one line of the plan. ID is - where there is
# one for a tenant, empty where the line makes it; BEFORE is ? where it cannot be
# looked for.
change() {
  local now answer id last was code=0
  say "$1. $2"
  last=$(state "$1")
  case "$last" in
    "done "* | "seen "*)
      id=$(made "$1")
      now=$("see_$1" "$id") || stop "line $1 could not be looked at"
      if [ "$now" = "$5" ]; then
        [ "$last" = "seen $id" ] || note "$1 seen $id"
        say "   done before"
        return 0
      fi
      was=$4
      [ "$was" != '?' ] || was=
      if [ "$last" = "done $id" ] && [ "$now" = "$was" ]; then
        stop "line $1 was accepted, and is not to be seen yet: it is '${now:-not there}'. Nothing is sent again: run this again later, for some changes take an hour. If it never comes, take the lines that begin with $1 out of $LOG, and it is sent again."
      fi
      stop "line $1 was done by this script, and is not so any more: it is '${now:-not there}'. Make a new plan, in another folder or without $LOG."
      ;;
    "sent "*) stop "line $1 was sent, and no answer came. Look whether it is there; then take the last line out of $LOG, and go on." ;;
    "back "*) stop "line $1 is being taken back, and that was not seen: undo comes first" ;;
  esac
  if [ "$4" != '?' ]; then
    now=$("see_$1" "$3") || stop "line $1 could not be looked at"
    [ "$now" = "$4" ] || stop "the tenant is not as the plan saw it: it is '${now:-not there}', and was '${4:-not there}'. Make a new plan."
  fi
  note "$1 sent"
  answer=$("do_$1") || code=$?
  [ "$code" -ne 1 ] || note "$1 refused"
  [ "$code" -eq 0 ] || stop "line $1 did not go through"
  id=$3
  [ -n "$id" ] || id=$(printf '%s' "$answer" | jq -r '.id // empty') || id=
  [ -n "$id" ] || stop "no id came back for line $1. Look whether it is there."
  note "$1 done $id"
  shows "$1" "$id" "$5"
  note "$1 seen $id"
}

# back N TITLE BEFORE AFTER: takes a line back, where this script did it and
# nobody changed it since.
back() {
  local now answer id last new code=0
  last=$(state "$1")
  case "$last" in
    "done "?* | "seen "?* | "back "?*) id=$(made "$1") ;;
    "sent "*) stop "line $1 was sent, and no answer came: look at it by hand" ;;
    *) say "$1. $2: not done by this script, or back already"; return 0 ;;
  esac
  say "$1. taking back: $2"
  now=$("see_$1" "$id") || stop "line $1 could not be looked at"
  case "$last" in
    "back "*)
      if [ "$now" = "$3" ]; then
        say "   seen: ${now:-not there}"
        note "$1 undone"
        return 0
      fi
      stop "the way back of line $1 was sent, and is not to be seen yet: it is '${now:-not there}'. Run undo again later, for some changes take an hour. If it is done, add the line \"$1 undone\" to $LOG; if it never comes, take the lines \"$1 back\" out, and it is sent again."
      ;;
    "done "*)
      [ "$now" != "$3" ] || stop "line $1 was accepted, and was never seen: it may still come, and is taken back then. Run undo again later, for some changes take an hour. If it never comes, take the lines that begin with $1 out of $LOG."
      ;;
  esac
  [ "$now" = "$4" ] || stop "it is not as this script left it: it is '${now:-not there}', and was left as '${4:-not there}'"
  note "$1 back $id"
  answer=$("undo_$1" "$id") || code=$?
  [ "$code" -ne 1 ] || note "$1 $last"
  [ "$code" -eq 0 ] || stop "line $1 was not taken back"
  new=$(printf '%s' "$answer" | jq -r '.id? // empty') || new=
  [ -z "$new" ] || note "$1 back $new"
  shows "$1" "${new:-$id}" "$3"
  note "$1 undone"
}

# stays N TITLE WHY: a line that no script can take back.
stays() {
  case "$(state "$1")" in
    "done "* | "seen "*) stop "line $1 ($2) cannot be taken back here: $3" ;;
  esac
}

# unused ID: an enterprise app goes only if nothing hangs on it.
unused() {
  local what try n=1
  for what in oauth2PermissionGrants appRoleAssignments appRoleAssignedTo; do
    for try in 1 2 3 4 5; do
      n=$(look "/servicePrincipals/$1/$what" | jq '.value | length') || return 1
      [ "$n" != 0 ] || break
      sleep 6
    done
    [ "$n" = 0 ] || { say "others have consented to the app, or were assigned to it: it stays"; return 1; }
  done
}

here=$(sign_in) || { code=$?; [ "$code" -ne 3 ] || exit 1; stop "nobody is signed in"; }
[ "$here" = "$TENANT" ] || stop "this is a script for the tenant $TENANT, and the sign-in is of another: $here"

@LINES@
case "${1:-run}" in
  run)
@RUN@
    say "Done. To take it back: bash ${0##*/} undo"
    ;;
  undo)
@UNDO@
    say "Taken back."
    ;;
  *)
    stop "say nothing, or undo"
    ;;
esac
