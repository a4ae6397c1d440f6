# reconcile leave
# Takes this device out of Entra, where it is joined; a restart completes it. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param()
# include answer
# include native

function Read-Fact([string] $Text, [string] $Key) {
    foreach ($line in $Text -split '\r?\n') {
        $parts = $line -split ':', 2
        if ($parts.Count -eq 2 -and $parts[0].Trim() -ceq $Key) { return $parts[1].Trim() }
    }
}

$told = @{ before = $null; did = $false; exit = $null; text = $null }
try {
    $status = (Invoke-Native 'dsregcmd.exe' @('/status')).text
    $joined = @{ YES = $true; NO = $false }[[string] (Read-Fact $status 'AzureAdJoined')]
    $told['before'] = @{ entra_joined = $joined; device_id = Read-Fact $status 'DeviceId' }
    if (-not (Test-Elevated)) { throw 'This session is not elevated.' }
    if ($joined -ne $false) {
        $told['did'] = $true
        $said = Invoke-Native 'dsregcmd.exe' @('/debug', '/leave')
        $told['exit'] = $said.exit
        $told['text'] = $said.text
    }
} catch {
    Add-Fault 'leave' $_
}
ConvertTo-Answer $told
