# Asks Graph; prints the answer. 1: Graph said no; 2: nobody knows.
# The token goes through a pipe: no list of processes shows it.
ask() {
  local code
  code=$(curl --silent --show-error --globoff --proto '=https' --max-time 60 --request "$1" \
    --header @<(printf 'Authorization: Bearer %s' "$TOKEN") --header 'Content-Type: application/json' \
    ${3:+--data-raw "$3"} --output "$tmp/answer" --write-out '%{http_code}' "$GRAPH/v1.0$2") || return 2
  case "$code" in
    2??) cat "$tmp/answer" 2>/dev/null || : ;;
    404) return 4 ;;
    408) say "$1 $2: $code"; return 2 ;; # it may have got there
    4??) say "$1 $2: $code $(jq -r '.error | .code + ": " + .message' "$tmp/answer" 2>/dev/null | tr -d '\000-\037')"; return 1 ;;
    *) say "$1 $2: $code"; return 2 ;;
  esac
  rm -f "$tmp/answer"
}

graph() {
  local code=0
  ask "$@" || code=$?
  [ "$code" -ne 4 ] || { say "$1 $2: not found"; return 1; }
  return "$code"
}

look() {
  local code=0
  ask GET "$1" || code=$?
  [ "$code" -ne 4 ] || { echo null; return 0; }
  return "$code"
}

# The tenant that the token is for. A token is not in this file, and never will be.
sign_in() {
  case "${TOKEN:-}" in
    '') say "put an access token for $GRAPH into TOKEN first"; return 1 ;;
    *[!A-Za-z0-9._-]*) say "what is in TOKEN is no access token"; return 1 ;;
  esac
  printf '%s' "$TOKEN" | jq -Rr 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/")
    | . + ["", "", "==", "="][length % 4] | @base64d | fromjson | .tid'
}
