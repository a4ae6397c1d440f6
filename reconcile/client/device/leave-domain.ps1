# reconcile leave-domain
# Takes this computer out of its domain; a restart, which is asked for elsewhere, completes it. Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidatePattern('^[A-Za-z0-9_-]{1,15}$')] [string] $Workgroup,
    [Parameter(Mandatory)] [string] $User,
    [Parameter(Mandatory)] [System.Security.SecureString] $Password
)
# include answer

$told = @{ before = $null; did = $false }
try {
    $system = Get-CimInstance -ClassName Win32_ComputerSystem -Property Domain, PartOfDomain
    $told['before'] = @{ domain = $(if ($system.PartOfDomain) { [string] $system.Domain } else { $null }) }
    if ($system.PartOfDomain) {
        $leaving = @{
            UnjoinDomainCredential = [System.Management.Automation.PSCredential]::new($User, $Password)
            WorkgroupName          = $Workgroup
        }
        [void] (Remove-Computer @leaving -Force -WarningAction SilentlyContinue)
        $told['did'] = $true
    }
} catch {
    Add-Fault 'domain' $_
}
ConvertTo-Answer $told
