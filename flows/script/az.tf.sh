stop() { echo "stopped: $*" >&2; exit 1; }
command -v jq >/dev/null || stop "jq is needed, and is not installed here"
[ "$(az account show --query tenantId --output tsv)" = "$TENANT" ] || stop "signed in to another tenant than $TENANT"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
ask() { az rest --method "$1" --url "$GRAPH/v1.0$2" --resource "$GRAPH" --headers Content-Type=application/json --output json --only-show-errors "${@:3}" 2>"$said"; }
fetch() {
  ask get "$1" && return 0
  if grep -q -E '^(ERROR: )?Not Found\(' "$said" && grep -q '"error"' "$said"; then echo null; return 0; fi
  cat "$said" >&2
  return 1
}
see() { fetch "$LOOK" | jq -r --arg key "$KEY" "$SEE"; }

# Looks until it is so. A look that fails decides nothing.
shown() {
  local try now
  told="it could not be looked at"
  for try in 1 2 3 4 5 6 7 8 9 10; do
    if now=$(see); then
      told="it is '${now:-not there}'"
      if [ "$now" = "$IS" ]; then echo "seen: ${now:-not there}" >&2; return 0; fi
    fi
    [ "$try" = 10 ] || sleep 6
  done
  return 1
}

# send FILE: sends it once. FILE says so until it is seen, whatever becomes of
# this run; it goes where Graph itself refuses. 1: nobody knows.
send() {
  date -u +%Y-%m-%dT%H:%M:%SZ >"$1" || stop "$1 cannot be written, and nothing was sent"
  if [ -n "$BODY" ]; then
    answer=$(ask "$METHOD" "$AT" --body "$BODY") && return 0
  else
    answer=$(ask "$METHOD" "$AT") && return 0
  fi
  cat "$said" >&2
  if grep -q -E '^(ERROR: )?(Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Unprocessable Entity|Too Many Requests)\(' "$said" && grep -q '"error"' "$said"; then
    rm -f "$1"
    stop "Graph refused it, and nothing was changed"
  fi
  return 1
}

if [ "$STEP" = show ]; then
  if shown; then rm -f "$SENT"; exit 0; fi
  stop "it was sent, and is not to be seen yet: $told. Run terraform apply again later, which looks and does not send it again: some changes take an hour. If it never comes: rm -f $SENT, and terraform apply -replace=$LINE sends it again."
fi

if [ "$STEP" = back ] && [ -e "$SENT.back" ]; then
  read -r at path <"$SENT.back" || :
  [ -z "$MADE" ] || [ -n "${path:-}" ] || stop "it was sent back at ${at:-an unknown time}, and no answer came. Look whether it is there: if so, terraform state rm $LINE; if not, rm -f $SENT.back, and terraform destroy sends it again."
  LOOK=${path:-$LOOK}
  if shown; then rm -f "$SENT" "$SENT.back"; exit 0; fi
  stop "it was sent back at ${at:-an unknown time}, and that is not to be seen yet: $told. Run terraform destroy again later. If it never comes: rm -f $SENT.back, and terraform destroy sends it again."
fi

now=$(see) || stop "it could not be looked at, and nothing was sent"
if [ "$STEP" = send ] && [ -e "$SENT" ] && { [ "$now" = "$IS" ] || [ "$now" = "$WAS" ]; }; then
  echo "an earlier run sent it: it is not sent again" >&2
  exit 0
fi
if [ "$now" = "$IS" ]; then
  [ "$STEP" = back ] || stop "it is so already, and nothing was sent. Make a new plan."
  [ ! -e "$SENT" ] || stop "it was sent, and was never seen: it may still come, and then terraform destroy takes it back. Run it again later: some changes take an hour. If it never comes: rm -f $SENT, and terraform destroy leaves it."
  echo "it is back already" >&2
  exit 0
fi
[ "$now" = "$WAS" ] || stop "somebody changed it, and nothing was sent: it is '${now:-not there}', and was '${WAS:-not there}'. Make a new plan, or do it by hand."

if [ "$STEP" = send ]; then
  send "$SENT" || echo "no answer came, and nobody knows whether it was made: it is looked at next" >&2
  exit 0
fi

if [ -n "$FIND" ]; then
  id=$(fetch "$AT" | jq -r --arg key "$KEY" "$FIND") || stop "it could not be looked at, and nothing was sent"
  case "$id" in
    '') stop "it is not there any more" ;;
    *' '*) stop "there is more than one like it, and nothing was sent: take away by hand the one that is meant" ;;
  esac
  AT="$AT/$id"
fi
send "$SENT.back" || stop "no answer came, and nobody knows whether it was taken back. Run terraform destroy again: it looks, and does not send it again."
if [ -n "$MADE" ]; then
  id=$(printf '%s' "$answer" | jq -r '.id // empty') || id=
  [ -n "$id" ] || stop "it was sent back, and no id came. Look whether it is there: if so, terraform state rm $LINE."
  LOOK="$MADE/$id"
  printf '%s %s\n' "$(cat "$SENT.back")" "$LOOK" >"$SENT.back.id" && mv "$SENT.back.id" "$SENT.back"
fi
if shown; then rm -f "$SENT" "$SENT.back"; exit 0; fi
stop "it was sent back, and that is not to be seen yet: $told. Run terraform destroy again later, which looks and does not send it again."
