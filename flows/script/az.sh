# Asks Graph; prints the answer. 1: Graph said no; 2: nobody knows.
graph() {
  az rest --method "$1" --url "$GRAPH/v1.0$2" --resource "$GRAPH" --headers Content-Type=application/json \
    ${3:+--body "$3"} --output json --only-show-errors 2>"$tmp/error" && return 0
  cat "$tmp/error" >&2
  # az names the status before the answer. Graph's own servers answer so too when
  # they fail, and then nobody knows.
  if grep -q -E '^(ERROR: )?(Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Unprocessable Entity|Too Many Requests)\(' "$tmp/error" &&
    grep -q '"error"' "$tmp/error"; then
    return 1
  fi
  return 2
}

look() {
  az rest --method get --url "$GRAPH/v1.0$1" --resource "$GRAPH" --output json --only-show-errors 2>"$tmp/error" && return 0
  if grep -q -E '^(ERROR: )?Not Found\(' "$tmp/error" && grep -q '"error"' "$tmp/error"; then echo null; return 0; fi
  cat "$tmp/error" >&2
  return 1
}

# Signs in where nobody is, and prints the tenant.
sign_in() {
  if [ "$(az cloud show --query name --output tsv)" != "$CLOUD" ]; then # it would stay so for whatever else az is used for
    say "stopped: az is set to another cloud than $CLOUD. Type: az cloud set --name $CLOUD"
    return 3 # it says all there is to say
  fi
  if ! az account show --output none 2>/dev/null; then
    az login --tenant "$TENANT" --allow-no-subscriptions --output none >&2 || return 1
  fi
  az account show --query tenantId --output tsv
}
