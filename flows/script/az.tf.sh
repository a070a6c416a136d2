[ "$(az account show --query tenantId --output tsv)" = "$TENANT" ] || { echo "signed in to another tenant than $TENANT" >&2; exit 1; }
ask() { az rest --method "$1" --url "$GRAPH/v1.0$2" --resource "$GRAPH" --headers Content-Type=application/json "$${@:3}"; }
if [ -n "$KEY" ]; then
  command -v jq >/dev/null || { echo "jq is needed, and is not installed here" >&2; exit 1; }
  id=$(ask get "$AT" | jq -r --arg key "$KEY" "$FIND")
  [ -n "$id" ] || { echo "it is not there any more" >&2; exit 1; }
  AT="$AT/$id"
fi
if [ -n "$BODY" ]; then ask "$METHOD" "$AT" --body "$BODY"; else ask "$METHOD" "$AT"; fi
[ -z "$LOOK" ] || ask get "$LOOK"
