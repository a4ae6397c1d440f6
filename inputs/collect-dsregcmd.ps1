<#
Adds what this device says of its join to <folder>\<computer>.jsonl, as one line
{"host","captured_at","context","status"}; collect these files in inputs\agents:

    .\collect-dsregcmd.ps1 -Folder \\fileserver.corp.contoso.example\dsregcmd$

A scheduled task that runs it as SYSTEM answers for the device; only a logon script answers for the user's work accounts.
#>
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'

# A 32-bit process, as some agents are, sees no dsregcmd in System32.
$system = if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) { 'sysnative' } else { 'System32' }
$status = (& (Join-Path $env:windir "$system\dsregcmd.exe") /status) -join "`r`n"

$context = if ([Security.Principal.WindowsIdentity]::GetCurrent().IsSystem) { 'system' }
elseif ($Host.Name -eq 'ServerRemoteHost') { 'remote' }
else { 'user' }

$line = [ordered] @{
    host        = $env:COMPUTERNAME
    captured_at = [DateTime]::UtcNow.ToString('o')
    context     = $context
    status      = $status + "`r`n"
} | ConvertTo-Json -Compress
[IO.File]::AppendAllText((Join-Path $Folder "$env:COMPUTERNAME.jsonl"), $line + "`n")
