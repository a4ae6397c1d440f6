# reconcile rejoin-restore
# Puts back what rejoin-off changed; an empty text stands for a value that was not there. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param(
    [ValidateSet('', 'absent', 'disabled', 'ready')] [string] $Task = '',
    [ValidatePattern('^\d*$')] [string] $Block = '',
    [ValidatePattern('^\d*$')] [string] $Auto = ''
)
# include answer
# include hive
# include rejoin

function Restore-Policy([string] $Value, [string] $Text) {
    if ($Text) { Write-Policy $Value ([int] $Text) } else { Clear-Policy $Value }
}

$told = @{ before = $null; did = $false }
try {
    $told['before'] = Read-Rejoin
    if ($Task -ne $told.before.task -and $told.before.task -eq 'absent' -and $Task) { throw 'The task is not there any more.' }
    Restore-Policy 'BlockAADWorkplaceJoin' $Block
    Restore-Policy 'autoWorkplaceJoin' $Auto
    $told['did'] = $true
    if ($Task -eq 'ready' -and $told.before.task -eq 'disabled') { [void] (Enable-ScheduledTask @rejoinTask) }
    if ($Task -eq 'disabled' -and $told.before.task -eq 'ready') { [void] (Disable-ScheduledTask @rejoinTask) }
} catch {
    Add-Fault 'rejoin' $_
}
ConvertTo-Answer $told
