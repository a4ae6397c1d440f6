# reconcile rejoin-off
# Keeps this device from joining Entra again by itself, and says how it was before. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param()
# include answer
# include hive
# include rejoin

$told = @{ before = $null; did = $false }
try {
    $told['before'] = Read-Rejoin
    if ($told.before.task -eq 'ready') {
        [void] (Disable-ScheduledTask @rejoinTask)
        $told['did'] = $true
    }
    if ($told.before.block -ne 1) {
        Write-Policy 'BlockAADWorkplaceJoin' 1
        $told['did'] = $true
    }
    if ($told.before.auto -ne 0 -or $null -eq $told.before.auto) {
        Write-Policy 'autoWorkplaceJoin' 0
        $told['did'] = $true
    }
} catch {
    Add-Fault 'rejoin' $_
}
ConvertTo-Answer $told
