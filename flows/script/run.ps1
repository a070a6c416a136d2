$ErrorActionPreference = 'Stop'

function Say([string] $Text) { Write-Host $Text }
function Stop-Here([string] $Text) { throw "stopped: $Text" }
function Named([string] $Text) { if ($Text -eq '') { 'not there' } else { $Text } }

# What the log says last of a line: nothing, sent, done ID, undone.
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
  if ($state.StartsWith('done ')) { $state.Substring(5) } else { '' }
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
# may accept a change without making it.
function Wait-Shown([int] $N, [scriptblock] $See, [string] $Id, [string] $Want) {
  foreach ($try in 1..10) {
    $now = [string] (& $See $Id)
    if ($now -ceq $Want) { Say "   seen: $(Named $now)"; return }
    Start-Sleep -Seconds 6
  }
  Stop-Here "line $N was accepted, and is not to be seen: it is '$(Named $now)'. Look at it in the admin center."
}

# One line of the plan. Id is - where there is one for a tenant, empty where the
# line makes it; Before is ? where it cannot be looked for.
function Invoke-Change([int] $N, [string] $Title, [string] $Id, [string] $Before, [string] $After, [scriptblock] $See, [scriptblock] $Do) {
  Say "$N. $Title"
  $state = Get-State $N
  if ($state.StartsWith('done ')) {
    $now = [string] (& $See $state.Substring(5))
    if ($now -cne $After) { Stop-Here "line $N was done by this script, and is not so any more: it is '$(Named $now)'. Make a new plan, in another folder or without $Log." }
    Say '   done before'
    return
  }
  if ($state -eq 'sent') { Stop-Here "line $N was sent, and no answer came. Look whether it is there; then take the last line out of $Log, and go on." }
  if ($Before -cne '?') {
    $now = [string] (& $See $Id)
    if ($now -cne $Before) { Stop-Here "the tenant is not as the plan saw it: it is '$(Named $now)', and was '$(Named $Before)'. Make a new plan." }
  }
  Add-Note "$N sent"
  try { $answer = & $Do } catch {
    $status = if ($_.Exception.Response) { [int] $_.Exception.Response.StatusCode } else { 0 }
    if (($status -ge 400 -and $status -lt 500 -and $status -ne 408) -or "$($_.Exception.Message)" -match 'Authorization_RequestDenied|Request_BadRequest') { Add-Note "$N refused" }
    throw
  }
  if ($Id -eq '') { $Id = [string] @($answer)[-1].Id }
  if ($Id -eq '') { Stop-Here "no id came back for line $N. Look whether it is there." }
  Add-Note "$N done $Id"
  Wait-Shown $N $See $Id $After
}

# Takes a line back, where this script did it and nobody changed it since.
function Undo-Change([int] $N, [string] $Title, [string] $Before, [string] $After, [scriptblock] $See, [scriptblock] $Undo) {
  $state = Get-State $N
  if ($state -eq 'sent') { Stop-Here "line $N was sent, and no answer came: look at it by hand" }
  if (-not $state.StartsWith('done ')) { Say "$N. ${Title}: not done by this script, or back already"; return }
  Say "$N. taking back: $Title"
  $id = $state.Substring(5)
  $now = [string] (& $See $id)
  if ($now -cne $After) { Stop-Here "it is not as this script left it: it is '$(Named $now)', and was left as '$(Named $After)'" }
  $answer = & $Undo $id
  Add-Note "$N undone"
  $new = if ($answer) { [string] @($answer)[-1].Id } else { '' }
  if ($new -eq '') { $new = $id }
  Wait-Shown $N $See $new $Before
}

# A line that no script can take back.
function Stop-Stays([int] $N, [string] $Title, [string] $Why) {
  if ((Get-State $N).StartsWith('done ')) { Stop-Here "line $N ($Title) cannot be taken back here: $Why" }
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
