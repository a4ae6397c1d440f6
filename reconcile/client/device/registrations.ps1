# reconcile registrations
# Removes what users' registrations with Entra left behind: of one user, or of all whose hive is loaded; prints one JSON text.
# Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param([ValidatePattern('^(S-1-[0-9-]+)?$')] [string] $Sid = '')
# include answer
# include hive
# include certificate

$TENANT_INFO = 'Software\Microsoft\Windows NT\CurrentVersion\WorkplaceJoin\TenantInfo'

function Remove-SubKey([string] $User, [string] $Path, [string] $Name) {
    $key = $usersHive.OpenSubKey($User).OpenSubKey($Path, $true)
    if ($null -ne $key) { $key.DeleteSubKeyTree($Name, $false) }
}

function Clear-Registration([string] $User) {
    foreach ($one in @(Get-WorkplaceJoin $User)) {
        Remove-SubKey $User $JOIN_INFO $one.thumbprint
        if ($one.tenant_id) { Remove-SubKey $User $TENANT_INFO $one.tenant_id }
        @{ sid = $User; thumbprint = $one.thumbprint; tenant_id = $one.tenant_id; account = $one.user }
    }
    foreach ($one in @(Get-UserCertificate $User)) {
        Remove-UserCertificate $one
        $gone = ConvertTo-Removed $User $one.certificate
        $gone['sid'] = $User
        $gone
    }
}

$removed = New-Object System.Collections.ArrayList
try {
    $loaded = @(Get-LoadedSid)
    if ($Sid -and $loaded -notcontains $Sid) { throw 'The hive of this user is not loaded.' }
    foreach ($user in $loaded) {
        if ($Sid -and $user -ne $Sid) { continue }
        try { Clear-Registration $user | ForEach-Object { [void] $removed.Add($_) } } catch { Add-Fault 'registrations' $_ }
    }
} catch {
    Add-Fault 'registrations' $_
}
ConvertTo-Answer @{ before = @{ removed = $removed.ToArray() }; did = ($removed.Count -gt 0) }
