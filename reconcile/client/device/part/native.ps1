# A 32-bit process sees another System32, without dsregcmd.
function Get-SystemFolder {
    $wow = [Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess
    Join-Path $env:SystemRoot $(if ($wow) { 'sysnative' } else { 'System32' })
}

function Invoke-Native([string] $Program, [string[]] $Given) {
    # What a program writes to its error stream is no error of ours.
    $ErrorActionPreference = 'Continue'
    $said = @(& (Join-Path (Get-SystemFolder) $Program) $Given 2>&1 | ForEach-Object { [string] $_ })
    @{ exit = $LASTEXITCODE; text = ($said -join "`r`n") + "`r`n" }
}

function Test-Elevated {
    $administrators = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    ([Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole($administrators)
}
