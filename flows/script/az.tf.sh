stop() { echo "stopped: $*" >&2; exit 1; }
command -v jq >/dev/null || stop "jq is needed, and is not installed here"
[ "$(az account show --query tenantId --output tsv)" = "$TENANT" ] || stop "signed in to another tenant than $TENANT"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
ask() { az rest --method "$1" --url "$GRAPH/v1.0$2" --resource "$GRAPH" --headers Content-Type=application/json --output json --only-show-errors "$${@:3}" 2>"$said"; }
fetch() {
  ask get "$1" && return 0
  if grep -q -E '^(ERROR: )?Not Found\(' "$said" && grep -q '"error"' "$said"; then echo null; return 0; fi
  cat "$said" >&2
  return 1
}
see() { fetch "$LOOK" | jq -r --arg key "$KEY" "$SEE"; }
now=$(see) || stop "it could not be looked at, and nothing was sent"
if [ "$now" = "$IS" ] && [ "$now" != "$WAS" ]; then
  if [ -n "$BACK" ]; then echo "it is back already" >&2; exit 0; fi
  stop "it is so already, and nothing was sent. If an earlier run of this configuration made it, which ended before it showed: terraform untaint $LINE"
fi
[ "$now" = "$WAS" ] || stop "somebody changed it, and nothing was sent: it is '$${now:-not there}', and was '$${WAS:-not there}'. Make a new plan, or do it by hand."
if [ -n "$FIND" ]; then
  id=$(fetch "$AT" | jq -r --arg key "$KEY" "$FIND") || stop "it could not be looked at, and nothing was sent"
  case "$id" in
    '') stop "it is not there any more" ;;
    *' '*) stop "there is more than one like it, and nothing was sent: take away by hand the one that is meant" ;;
  esac
  AT="$AT/$id"
fi
answer=$(if [ -n "$BODY" ]; then ask "$METHOD" "$AT" --body "$BODY"; else ask "$METHOD" "$AT"; fi) || { cat "$said" >&2; stop "it did not go through"; }
if [ -n "$MADE" ]; then
  id=$(printf '%s' "$answer" | jq -r '.id // empty') || id=
  [ -n "$id" ] || stop "it was sent, and no id came back: look whether it is there"
  LOOK="$MADE/$id"
fi
for try in 1 2 3 4 5 6 7 8 9 10; do
  now=$(see) || stop "it was sent, and could not be looked at"
  if [ "$now" = "$IS" ]; then echo "seen: $${now:-not there}" >&2; exit 0; fi
  [ "$try" = 10 ] || sleep 6
done
stop "it was accepted, and is not to be seen: it is '$${now:-not there}'. Look at it in the admin center."
