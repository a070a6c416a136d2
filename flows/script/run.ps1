$ErrorActionPreference = 'Stop'

function Say([string] $Text) { Write-Host $Text }
function Stop-Here([string] $Text) { throw "stopped: $Text" }
function Named([string] $Text) { if ($Text -eq '') { 'not there' } else { $Text } }

# What the log says last of a line: nothing, sent, refused, done ID, seen ID,
# back ID (its way back was sent), undone.
function Get-State([int] $N) {
  $last = ''
  if (Test-Path -LiteralPath $Log) {
    foreach ($row in Get-Content -LiteralPath $Log) { if ($row.StartsWith("$N ")) { $last = $row.Substring("$N ".Length) } }
  }
  $last
}
function Add-Note([string] $Text) { Add-Content -LiteralPath $Log -Value $Text -Encoding Ascii }

# The object that a line made. Where the log does not know it, nobody guesses.
function Get-Made([int] $N) {
  $state = Get-State $N
  if ($state -cmatch '^(done|seen|back) ') { $state.Substring(5) } else { '' }
}

# Asks Graph for what is there; nothing where it is not.
function Get-Graph([string] $Path) {
  try {
    Invoke-MgGraphRequest -Method GET -Uri "$Graph/v1.0$Path" -OutputType PSObject
  } catch {
    if ($_.Exception.Response -and [int] $_.Exception.Response.StatusCode -eq 404) { return $null }
    throw
  }
}

# One text of several, in an order that is the same everywhere.
function Join-Sorted($All) {
  $list = [string[]] @($All | Where-Object { $_ })
  [Array]::Sort($list, [StringComparer]::Ordinal)
  '[' + ($list -join ' ') + ']'
}

# Looks until a line is so. Microsoft may take a while to show what it did, and
# may accept a change without making it. A look that fails decides nothing.
function Wait-Shown([int] $N, [scriptblock] $See, [string] $Id, [string] $Want) {
  $told = 'it could not be looked at'
  foreach ($try in 1..10) {
    try {
      $now = [string] (& $See $Id)
      if ($now -ceq $Want) { Say "   seen: $(Named $now)"; return }
      $told = "it is '$(Named $now)'"
    } catch { Say "   $($_.Exception.Message)" }
    if ($try -lt 10) { Start-Sleep -Seconds 6 }
  }
  Stop-Here "line $N was accepted, and is not to be seen yet: $told. Run this again later, which looks and does not send it again: some changes take an hour."
}

# Whether Graph itself refused: nothing was changed then.
function Test-Refused($Failure) {
  $status = if ($Failure.Exception.Response) { [int] $Failure.Exception.Response.StatusCode } else { 0 }
  ($status -ge 400 -and $status -lt 500 -and $status -ne 408) -or "$($Failure.Exception.Message)" -match 'Authorization_RequestDenied|Request_BadRequest'
}

# One line of the plan. Id is - where there is one for a tenant, empty where the
# line makes it; Before is ? where it cannot be looked for.
function Invoke-Change([int] $N, [string] $Title, [string] $Id, [string] $Before, [string] $After, [scriptblock] $See, [scriptblock] $Do) {
  Say "$N. $Title"
  $state = Get-State $N
  if ($state -cmatch '^(done|seen) ') {
    $made = $state.Substring(5)
    $now = [string] (& $See $made)
    if ($now -ceq $After) {
      if ($state.StartsWith('done ')) { Add-Note "$N seen $made" }
      Say '   done before'
      return
    }
    if ($state.StartsWith('done ') -and ($now -ceq $Before -or ($Before -ceq '?' -and $now -eq ''))) {
      Stop-Here "line $N was accepted, and is not to be seen yet: it is '$(Named $now)'. Nothing is sent again: run this again later, for some changes take an hour. If it never comes, take the lines that begin with $N out of $Log, and it is sent again."
    }
    Stop-Here "line $N was done by this script, and is not so any more: it is '$(Named $now)'. Make a new plan, in another folder or without $Log."
  }
  if ($state -eq 'sent') { Stop-Here "line $N was sent, and no answer came. Look whether it is there; then take the last line out of $Log, and go on." }
  if ($state.StartsWith('back ')) { Stop-Here "line $N is being taken back, and that was not seen: -Undo comes first" }
  if ($Before -cne '?') {
    $now = [string] (& $See $Id)
    if ($now -cne $Before) { Stop-Here "the tenant is not as the plan saw it: it is '$(Named $now)', and was '$(Named $Before)'. Make a new plan." }
  }
  Add-Note "$N sent"
  try { $answer = & $Do } catch {
    if (Test-Refused $_) { Add-Note "$N refused" }
    throw
  }
  if ($Id -eq '') { $Id = [string] @($answer)[-1].Id }
  if ($Id -eq '') { Stop-Here "no id came back for line $N. Look whether it is there." }
  Add-Note "$N done $Id"
  Wait-Shown $N $See $Id $After
  Add-Note "$N seen $Id"
}

# Takes a line back, where this script did it and nobody changed it since.
function Undo-Change([int] $N, [string] $Title, [string] $Before, [string] $After, [scriptblock] $See, [scriptblock] $Undo) {
  $state = Get-State $N
  if ($state -eq 'sent') { Stop-Here "line $N was sent, and no answer came: look at it by hand" }
  $id = Get-Made $N
  if ($id -eq '') { Say "$N. ${Title}: not done by this script, or back already"; return }
  Say "$N. taking back: $Title"
  $now = [string] (& $See $id)
  if ($state.StartsWith('back ')) {
    if ($now -ceq $Before) { Say "   seen: $(Named $now)"; Add-Note "$N undone"; return }
    Stop-Here "the way back of line $N was sent, and is not to be seen yet: it is '$(Named $now)'. Run it with -Undo again later, for some changes take an hour. If it is done, add the line '$N undone' to $Log; if it never comes, take the lines '$N back' out, and it is sent again."
  }
  if ($state.StartsWith('done ') -and $now -ceq $Before) {
    Stop-Here "line $N was accepted, and was never seen: it may still come, and is taken back then. Run it with -Undo again later, for some changes take an hour. If it never comes, take the lines that begin with $N out of $Log."
  }
  if ($now -cne $After) { Stop-Here "it is not as this script left it: it is '$(Named $now)', and was left as '$(Named $After)'" }
  Add-Note "$N back $id"
  try { $answer = & $Undo $id } catch {
    if (Test-Refused $_) { Add-Note "$N $state" }
    throw
  }
  $new = if ($answer) { [string] @($answer)[-1].Id } else { '' }
  if ($new -ne '') { $id = $new; Add-Note "$N back $id" }
  Wait-Shown $N $See $id $Before
  Add-Note "$N undone"
}

# A line that no script can take back.
function Stop-Stays([int] $N, [string] $Title, [string] $Why) {
  if ((Get-State $N) -cmatch '^(done|seen) ') { Stop-Here "line $N ($Title) cannot be taken back here: $Why" }
}

# An enterprise app goes only if nothing hangs on it.
function Assert-Unused([string] $Id) {
  foreach ($what in 'oauth2PermissionGrants', 'appRoleAssignments', 'appRoleAssignedTo') {
    foreach ($try in 1..5) {
      $n = @((Get-Graph "/servicePrincipals/$Id/$what").value).Count
      if ($n -eq 0) { break }
      Start-Sleep -Seconds 6
    }
    if ($n -ne 0) { Stop-Here 'others have consented to the app, or were assigned to it: it stays' }
  }
}

# Signs in with these scopes, and with no other tenant.
Connect-MgGraph -TenantId $Tenant -Environment $Environment -Scopes $Scopes -ContextScope Process -NoWelcome
$here = (Get-MgContext).TenantId
if ($here -ne $Tenant) { Stop-Here "this is a script for the tenant $Tenant, and the sign-in is of another: $here" }
