#Requires -Modules ActiveDirectory
<#
Writes all computers of one domain to directory\<domain>.csv, in the shape that reconcile can use to the full:

    .\export-directory.ps1 -Domain corp.contoso.example

Run it once per domain, in Windows PowerShell 5.1 or PowerShell 7, as any user who may read the directory.
Export-Csv by itself prints a type name for whatever has several values, and dates without their zone. Hence the columns
that are computed below: certificates as a number, names of services in one text, times as AD keeps them, or in UTC.
#>
param(
    [Parameter(Mandatory)] [string] $Domain,
    [string] $Folder = (Join-Path $PSScriptRoot 'directory')
)
$ErrorActionPreference = 'Stop'

$plain = 'OperatingSystem', 'OperatingSystemVersion', 'userAccountControl', 'PrimaryGroupID', 'isCriticalSystemObject', 'ProtectedFromAccidentalDeletion'
$other = 'userCertificate', 'servicePrincipalName', 'lastLogonTimestamp', 'pwdLastSet', 'whenCreated'
$columns = @('Name', 'DNSHostName', 'SamAccountName', 'DistinguishedName', 'ObjectClass', 'objectGUID', 'SID', 'Enabled') + $plain + @(
    @{ Name = 'userCertificateCount';  Expression = { [int] $_.userCertificate.Count } }
    @{ Name = 'ServicePrincipalNames'; Expression = { $_.servicePrincipalName -join ';' } }
    'lastLogonTimestamp'
    'pwdLastSet'
    @{ Name = 'whenCreated';           Expression = { $_.whenCreated.ToUniversalTime().ToString('o') } }
)

# A query that fails half way must not leave a file that looks whole.
$computers = @(Get-ADComputer -Server $Domain -Filter * -ResultPageSize 500 -Properties ($plain + $other))
New-Item -ItemType Directory -Force $Folder | Out-Null
$file = Join-Path $Folder "$Domain.csv"
$computers | Select-Object $columns | Export-Csv -Path $file -NoTypeInformation -Encoding UTF8
"$($computers.Count) computers in $file"
