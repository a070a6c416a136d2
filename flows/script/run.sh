tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say() { printf '%s\n' "$*" >&2; }
stop() { say "stopped: $*"; exit 1; }

for tool in jq @TOOLS@; do
  command -v "$tool" >/dev/null || stop "$tool is needed, and is not installed here"
done

@TOOL@

# What the log says last of a line: nothing, sent, refused, done ID, undone.
state() { [ ! -f "$LOG" ] || awk -v n="$1" '$1 == n { s = $2 " " $3 } END { print s }' "$LOG"; }
note() { printf '%s\n' "$*" >>"$LOG"; }

# The object that a line made. Where the log does not know it, nobody guesses.
made() {
  case "$(state "$1")" in
    "done "?*) state "$1" | cut -d ' ' -f 2 ;;
    *) return 1 ;;
  esac
}

# shows N ID TEXT: looks until a line is so. Microsoft may take a while to show
# what it did, and may accept a change without making it.
shows() {
  local try now
  for try in 1 2 3 4 5 6 7 8 9 10; do
    now=$("see_$1" "$2") || stop "line $1 could not be looked at"
    if [ "$now" = "$3" ]; then
      say "   seen: ${now:-not there}"
      return 0
    fi
    sleep 6
  done
  stop "line $1 was accepted, and is not to be seen: it is '${now:-not there}'. Look at it in the admin center."
}

# change N TITLE ID BEFORE AFTER: one line of the plan. ID is - where there is
# one for a tenant, empty where the line makes it; BEFORE is ? where it cannot be
# looked for.
change() {
  local now answer id code=0
  say "$1. $2"
  case "$(state "$1")" in
    "done "*)
      id=$(made "$1")
      now=$("see_$1" "$id") || stop "line $1 could not be looked at"
      [ "$now" = "$5" ] || stop "line $1 was done by this script, and is not so any more: it is '${now:-not there}'. Make a new plan, in another folder or without $LOG."
      say "   done before"
      return 0
      ;;
    "sent "*) stop "line $1 was sent, and no answer came. Look whether it is there; then take the last line out of $LOG, and go on." ;;
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
}

# back N TITLE BEFORE AFTER: takes a line back, where this script did it and
# nobody changed it since.
back() {
  local now answer id new code=0
  case "$(state "$1")" in
    "done "?*) id=$(made "$1") ;;
    "sent "*) stop "line $1 was sent, and no answer came: look at it by hand" ;;
    *) say "$1. $2: not done by this script, or back already"; return 0 ;;
  esac
  say "$1. taking back: $2"
  now=$("see_$1" "$id") || stop "line $1 could not be looked at"
  [ "$now" = "$4" ] || stop "it is not as this script left it: it is '${now:-not there}', and was left as '${4:-not there}'"
  answer=$("undo_$1" "$id") || code=$?
  [ "$code" -eq 0 ] || stop "line $1 was not taken back"
  note "$1 undone"
  new=$(printf '%s' "$answer" | jq -r '.id? // empty') || new=
  shows "$1" "${new:-$id}" "$3"
}

# stays N TITLE WHY: a line that no script can take back.
stays() {
  case "$(state "$1")" in
    "done "*) stop "line $1 ($2) cannot be taken back here: $3" ;;
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

here=$(sign_in) || stop "nobody is signed in"
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
