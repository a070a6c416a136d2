# Runs m365; prints its answer. 1: Graph said no; 2: nobody knows.
run() {
  m365 "$@" --output json 2>"$tmp/error" && return 0
  cat "$tmp/error" >&2
  # m365 prints Graph's words alone, those of a server that failed too: only what
  # is known to refuse does.
  if grep -q -E "$ERR(Insufficient privileges|Permission (entry|being assigned) already exists|Resource '[^']*' does not exist|Invalid |Forbidden|Access is denied|Request failed with status code 4(0[0-79]|[1-9][0-9])([^0-9]|\$))" "$tmp/error"; then return 1; fi
  return 2
}

# What stands in front of an answer's words.
ERR='(^(Error: )?|"error": *"(Error: )?)'

graph() {
  if [ $# -gt 2 ]; then
    run request --method "$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')" --url "$GRAPH/v1.0$2" --content-type application/json --body "$3"
  else
    run request --method "$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')" --url "$GRAPH/v1.0$2"
  fi
}

look() {
  m365 request --url "$GRAPH/v1.0$1" --output json 2>"$tmp/error" && return 0
  if grep -q -E "$ERR(Resource '[^']*' does not exist|Request failed with status code 404([^0-9]|\$))" "$tmp/error"; then echo null; return 0; fi
  cat "$tmp/error" >&2
  return 1
}

# granted CLIENT API: the tenant-wide grant that an app has on an API, of which
# there is one at most. The command that makes it does not print it.
granted() {
  local try all
  for try in 1 2 3 4 5; do
    all=$(run entra oauth2grant list --spObjectId "$1") || return
    all=$(printf '%s' "$all" | jq -c --arg api "$2" '[.[] | select(.resourceId == $api and .consentType == "AllPrincipals")]') || return
    if [ "$(printf '%s' "$all" | jq length)" = 1 ]; then
      printf '%s' "$all" | jq -c '.[0]'
      return 0
    fi
    sleep 6
  done
  return 2
}

# Signs in where nobody is, and prints the tenant. It takes an app of your own:
# m365 setup makes one, or put its id into CLIMICROSOFT365_ENTRAAPPID.
sign_in() {
  m365 login --ensure --cloud "$CLOUD" --tenant "$TENANT" --output none >&2 || return 1
  m365 util accesstoken get --resource "$GRAPH" --decoded | tr -d '\n' | sed -n 's/.*"tid": *"\([0-9a-fA-F-]*\)".*/\1/p'
}
