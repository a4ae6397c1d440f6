# reconcile sync-start
# Starts one cycle of Microsoft Entra Connect and prints one JSON text; does not wait for its end. Windows PowerShell 5.1.
param([ValidateSet('Delta', 'Initial')] [string] $PolicyType = 'Delta')
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

try {
    Import-Module ADSync
    $said = Start-ADSyncSyncCycle -PolicyType $PolicyType
    $told = @{ started = $true; busy = $false; said = [string] $said.Result }
} catch {
    $why = [string] $_.Exception.Message
    $told = @{ started = $false; busy = ($why -match 'is busy|already running|already in progress'); said = $why }
}
ConvertTo-Json -InputObject $told -Compress -Depth 3
