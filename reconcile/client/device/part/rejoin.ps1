$rejoinTask = @{ TaskPath = '\Microsoft\Windows\Workplace Join\'; TaskName = 'Automatic-Device-Join' }
$rejoinPolicy = 'SOFTWARE\Policies\Microsoft\Windows\WorkplaceJoin'

function Read-Task {
    try {
        $found = Get-ScheduledTask @rejoinTask
    } catch {
        if ($_.FullyQualifiedErrorId -like 'CmdletizationQuery_NotFound*') { return 'absent' }
        throw
    }
    if ($found.Settings.Enabled) { 'ready' } else { 'disabled' }
}

function Read-Policy([string] $Value) {
    $key = $machineHive.OpenSubKey($rejoinPolicy)
    if ($null -eq $key) { return $null }
    $key.GetValue($Value)
}

function Read-Rejoin {
    @{ task = Read-Task; block = Read-Policy 'BlockAADWorkplaceJoin'; auto = Read-Policy 'autoWorkplaceJoin' }
}

function Write-Policy([string] $Value, [int] $Number) {
    $machineHive.CreateSubKey($rejoinPolicy).SetValue($Value, $Number, 'DWord')
}

function Clear-Policy([string] $Value) {
    $key = $machineHive.OpenSubKey($rejoinPolicy, $true)
    if ($null -ne $key) { $key.DeleteValue($Value, $false) }
}
