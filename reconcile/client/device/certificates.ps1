# reconcile certificates
# Removes what Entra's device registration issued, from the machine's store and those of loaded users; prints one JSON text.
# Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param()
# include answer
# include hive
# include certificate

function Clear-MachineStore {
    $store = Open-MachineStore 'ReadWrite'
    try {
        foreach ($one in @($store.Certificates)) {
            if (-not (Test-Issuer $one)) { continue }
            $store.Remove($one)
            ConvertTo-Removed 'LocalMachine' $one
        }
    } finally {
        $store.Close()
    }
}

function Clear-UserStore([string] $User) {
    foreach ($one in @(Get-UserCertificate $User)) {
        Remove-UserCertificate $one
        ConvertTo-Removed $User $one.certificate
    }
}

$removed = New-Object System.Collections.ArrayList
try { Clear-MachineStore | ForEach-Object { [void] $removed.Add($_) } } catch { Add-Fault 'certificates' $_ }
foreach ($user in @(Get-LoadedSid)) {
    try { Clear-UserStore $user | ForEach-Object { [void] $removed.Add($_) } } catch { Add-Fault 'certificates' $_ }
}
ConvertTo-Answer @{ before = @{ removed = $removed.ToArray() }; did = ($removed.Count -gt 0) }
