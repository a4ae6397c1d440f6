# The registry through .NET, which shows a 32-bit process the same keys as any other.
$machineHive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
$usersHive = [Microsoft.Win32.RegistryKey]::OpenBaseKey('Users', 'Registry64')
$PERSON = '^S-1-(5-21|12-1)(-\d+)+$'
$JOIN_INFO = 'Software\Microsoft\Windows NT\CurrentVersion\WorkplaceJoin\JoinInfo'

function Get-LoadedSid {
    $usersHive.GetSubKeyNames() | Where-Object { $_ -match $PERSON }
}

function Get-UnloadedSid {
    $loaded = @(Get-LoadedSid)
    $list = $machineHive.OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList')
    $all = $list.GetSubKeyNames() | ForEach-Object { $_ -replace '\.bak$', '' } | Where-Object { $_ -match $PERSON }
    $all | Sort-Object -Unique | Where-Object { $loaded -notcontains $_ }
}

function Read-Text([Microsoft.Win32.RegistryKey] $Key, [string] $Value) {
    $found = $Key.GetValue($Value)
    if ($null -eq $found) { return $null }
    [string] $found
}

# What a key holds below a root, one a subkey; nothing where there is no such key.
function Get-JoinInfo([Microsoft.Win32.RegistryKey] $Root, [string] $Path) {
    $key = $Root.OpenSubKey($Path)
    if ($null -eq $key) { return }
    foreach ($thumbprint in $key.GetSubKeyNames()) {
        $one = $key.OpenSubKey($thumbprint)
        @{ thumbprint = $thumbprint; tenant_id = Read-Text $one 'TenantId'; user = Read-Text $one 'UserEmail' }
    }
}

function Get-WorkplaceJoin([string] $User) {
    $hive = $usersHive.OpenSubKey($User)
    if ($null -eq $hive) { return }
    Get-JoinInfo $hive $JOIN_INFO
}
