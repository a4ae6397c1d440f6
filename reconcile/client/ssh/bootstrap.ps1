# Windows PowerShell 5.1. Reads an envelope from standard input, runs its script in a runspace of its own, as WinRM would,
# and writes one answer between two marks. Comments and indents stay at home: cmd.exe takes 8,191 characters.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# A 32-bit sshd starts a 32-bit PowerShell, which sees another registry and lacks programs and modules.
$native = "$env:SystemRoot\sysnative\WindowsPowerShell\v1.0\powershell.exe"
if (-not [Environment]::Is64BitProcess -and (Test-Path $native)) {
    $ErrorActionPreference = 'Continue'
    & $native -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand ([Environment]::GetCommandLineArgs()[-1])
    exit $LASTEXITCODE
}

# Without this 5.1 may write an array as an object with value and Count.
Remove-TypeData System.Array -ErrorAction SilentlyContinue

# JSON's kinds of values only; what is nothing of the kind, as PowerShell prints it.
function Get-Plain($Value, [int] $Depth) {
    if ($null -eq $Value) { return $null }
    $bare = $Value.PSObject.BaseObject
    if ($bare -is [double] -and "$bare" -notmatch '\d') { return "$bare" }
    if ($bare -is [string] -or ($bare.GetType().IsPrimitive -and $bare -isnot [char])) { return $bare }
    if ($Depth -lt 12 -and $bare -is [Collections.IDictionary]) {
        $map = New-Object Collections.Hashtable
        foreach ($one in $bare.GetEnumerator()) { $map["$($one.Key)"] = Get-Plain $one.Value ($Depth + 1) }
        return $map
    }
    if ($Depth -lt 12 -and $bare -is [Collections.IEnumerable]) {
        $list = New-Object Collections.ArrayList
        foreach ($one in $bare) { [void] $list.Add((Get-Plain $one ($Depth + 1))) }
        return , $list.ToArray()
    }
    "$Value"
}

function Get-Fault($Record) {
    $message = $Record.ErrorDetails.Message
    if (-not $message) { $message = $Record.Exception.Message }
    @{ message = "$message"; id = "$($Record.FullyQualifiedErrorId)" }
}

$shell = [PowerShell]::Create()
$kind = 'Management.Automation.PSDataCollection[psobject]'
$said = New-Object $kind
$fatal = $null
try {
    # Not [Console]::In, which knows of code pages; all that comes is ASCII.
    $text = (New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::ASCII)).ReadToEnd()
    $envelope = ConvertFrom-Json ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text)))
    [void] $shell.AddScript($envelope.script)
    foreach ($one in $envelope.parameters.PSObject.Properties) { [void] $shell.AddParameter($one.Name, $one.Value) }
    foreach ($one in $envelope.secrets.PSObject.Properties) {
        $secret = New-Object Security.SecureString
        foreach ($letter in $one.Value.ToCharArray()) { $secret.AppendChar($letter) }
        [void] $shell.AddParameter($one.Name, $secret)
    }
    $nothing = New-Object $kind
    $nothing.Complete()
    [void] $shell.EndInvoke($shell.BeginInvoke($nothing, $said))
} catch {
    $fatal = $_
    $inner = $_.Exception
    if ($inner -is [Management.Automation.MethodInvocationException]) { $inner = $inner.InnerException }
    if ($inner.ErrorRecord) { $fatal = $inner.ErrorRecord }
}

# ReadAll, as a collection that is still open waits for more.
$said = $said.ReadAll()
$faults = New-Object Collections.ArrayList
foreach ($one in $shell.Streams.Error.ReadAll()) { [void] $faults.Add((Get-Fault $one)) }
if ($fatal) { [void] $faults.Add((Get-Fault $fatal)) }
$answer = @{ objects = Get-Plain $said 0; errors = $faults.ToArray(); failed = [bool] $fatal }
$bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $answer -Compress -Depth 20))
$text = [Convert]::ToBase64String($bytes, 'InsertLineBreaks')
[Console]::Out.Write("`r`n<<<reconcile`r`n$text`r`nreconcile>>>`r`n")
