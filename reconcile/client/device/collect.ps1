# reconcile collect
# Reads what this device says of its joins and prints one JSON text; changes nothing. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param()
# include answer
# include native
# include boot
# include account
# include hive
# include certificate
# include rejoin
# include session

function Get-IssuedCertificate {
    $store = Open-MachineStore 'ReadOnly'
    try {
        foreach ($one in $store.Certificates) { if (Test-Issuer $one) { @{ store = 'LocalMachine'; certificate = $one } } }
    } finally {
        $store.Close()
    }
    foreach ($user in Get-LoadedSid) {
        try { Get-UserCertificate $user } catch { Add-Fault 'certificates' $_ }
    }
}

function ConvertTo-Listed([hashtable] $Found) {
    $one = $Found.certificate
    @{
        store      = $Found.store
        issuer     = $one.Issuer
        subject    = $one.Subject
        thumbprint = $one.Thumbprint
        not_after  = ConvertTo-Utc $one.NotAfter
    }
}

function Get-Registration {
    foreach ($user in Get-LoadedSid) {
        foreach ($one in Get-WorkplaceJoin $user) {
            @{ sid = $user; account = $one.user; thumbprint = $one.thumbprint; tenant_id = $one.tenant_id }
        }
    }
}

$system = Read-Value 'system' { Get-CimInstance -ClassName Win32_ComputerSystem -Property Domain, PartOfDomain }
$status = Read-Value 'dsregcmd' { Invoke-Native 'dsregcmd.exe' @('/status') }
$accounts = Read-List 'accounts' { Get-LocalAccount }
ConvertTo-Answer @{
    host           = [string] $env:COMPUTERNAME
    captured_at    = ConvertTo-Utc ([DateTime]::UtcNow)
    account        = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    os             = Read-Value 'os' { $os = Get-CimInstance Win32_OperatingSystem; '{0} {1}' -f $os.Caption, $os.Version }
    serial         = Read-Value 'serial' { [string] (Get-CimInstance -ClassName Win32_BIOS).SerialNumber }
    domain         = $(if ($null -ne $system) { [string] $system.Domain } else { $null })
    part_of_domain = $(if ($null -ne $system) { [bool] $system.PartOfDomain } else { $null })
    booted_at      = Read-Value 'booted_at' { Get-BootTime }
    is_remote      = $true
    dsregcmd       = $(if ($null -ne $status) { $status.text } else { $null })
    dsregcmd_exit  = $(if ($null -ne $status) { $status.exit } else { $null })
    users          = Read-List 'users' { Get-UserStatus }
    certificates   = Read-List 'certificates' { foreach ($one in Get-IssuedCertificate) { ConvertTo-Listed $one } }
    cloud_join     = Read-List 'cloud_join' { Get-JoinInfo $machineHive 'SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo' }
    workplace_join = Read-List 'workplace_join' { Get-Registration }
    unloaded       = Read-List 'unloaded' { Get-UnloadedSid }
    administrators = Read-List 'administrators' {
        if ($null -eq $accounts) { throw 'The accounts cannot be read.' }
        Get-Administrator $accounts
    }
    built_in       = Read-Value 'built_in' {
        foreach ($one in $accounts) { if ($one.sid -match '-500$') { @{ sid = $one.sid; name = $one.name; enabled = $one.enabled } } }
    }
    rejoin         = Read-Value 'rejoin' { Read-Rejoin }
}
