# reconcile restart
# Restarts this device after so many seconds, in which this answer gets away. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param([Parameter(Mandatory)] [ValidateRange(0, 600)] [int] $DelaySeconds)
# include answer
# include native
# include boot

$ON_ITS_WAY = 1115, 1190   # somebody has asked for it already

$told = @{ booted_at = $null; before = $null; did = $false }
try {
    $told['booted_at'] = Get-BootTime
    $told['before'] = @{ booted_at = $told.booted_at }
    $said = Invoke-Native 'shutdown.exe' @('/r', '/f', '/t', $DelaySeconds, '/d', 'p:0:0')
    $told['did'] = $said.exit -eq 0
    if ($said.exit -ne 0 -and $ON_ITS_WAY -notcontains $said.exit) { throw $said.text.Trim() }
} catch {
    Add-Fault 'restart' $_
}
ConvertTo-Answer $told
