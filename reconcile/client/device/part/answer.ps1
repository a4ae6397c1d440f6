Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
# Without this 5.1 may write an array as an object with value and Count.
Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue

$faults = New-Object System.Collections.ArrayList

# What could not be read or done, so that nobody takes silence for "none".
function Add-Fault([string] $Part, [System.Management.Automation.ErrorRecord] $Record) {
    [void] $faults.Add(@{ part = $Part; message = [string] $Record.Exception.Message })
}

# One value; null where it cannot be read.
function Read-Value([string] $Part, [scriptblock] $Read) {
    try { & $Read } catch { Add-Fault $Part $_ }
}

# A list; null where it cannot be read, which is not an empty one.
function Read-List([string] $Part, [scriptblock] $Read) {
    try {
        $found = @(& $Read)
        return , $found
    } catch {
        Add-Fault $Part $_
        return $null
    }
}

function ConvertTo-Utc([DateTime] $Date) {
    $Date.ToUniversalTime().ToString('o', [Globalization.CultureInfo]::InvariantCulture)
}

function ConvertTo-Answer([hashtable] $Told) {
    $Told['errors'] = $faults.ToArray()
    ConvertTo-Json -InputObject $Told -Compress -Depth 6
}
