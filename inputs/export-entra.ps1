#Requires -Modules Microsoft.Graph.Authentication
<#
Writes all devices of the tenant to entra\devices-page1.json, devices-page2.json, ..., and what can still be restored to
entra\deleted-items-page1.json, ..., as Microsoft Graph serves them:

    Connect-MgGraph -Scopes Device.Read.All
    .\export-entra.ps1

Without $select, Graph leaves out the SID; without physicalIds nobody can tell what Autopilot still needs.
#>
param([string] $Folder = (Join-Path $PSScriptRoot 'entra'))
$ErrorActionPreference = 'Stop'

$select = '$select=' + (@(
        'id', 'deviceId', 'displayName', 'accountEnabled', 'trustType', 'operatingSystem', 'operatingSystemVersion'
        'approximateLastSignInDateTime', 'registrationDateTime', 'createdDateTime', 'deletedDateTime'
        'onPremisesSyncEnabled', 'onPremisesSecurityIdentifier', 'isManaged', 'isCompliant', 'isManagementRestricted'
        'manufacturer', 'model', 'profileType', 'physicalIds', 'alternativeSecurityIds'
    ) -join ',')
$owners = '$expand=registeredOwners($select=id,userPrincipalName)'

function Get-Page([string] $Uri, [hashtable] $Headers = @{}) {
    Invoke-MgGraphRequest -Method GET -Uri $Uri -Headers $Headers -OutputType HttpResponseMessage |
        ForEach-Object { $_.EnsureSuccessStatusCode().Content.ReadAsStringAsync().Result }
}

# Graph does not count and expand in one request; the count is asked for apart, and stands where Graph would write it.
function Save-Pages([string] $Uri, [string] $Stem, [string] $Count) {
    $number = 0
    while ($Uri) {
        $number++
        $page = Get-Page $Uri
        $Uri = ($page | ConvertFrom-Json).'@odata.nextLink'
        if ($number -eq 1 -and $Count) { $page = '{"@odata.count":' + $Count + ',' + $page.TrimStart().Substring(1) }
        [IO.File]::WriteAllText((Join-Path $fresh "$Stem-page$number.json"), $page)
    }
}

# Into a new folder first: a pull that fails half way must not leave pages that look like all of them.
$fresh = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
New-Item -ItemType Directory $fresh | Out-Null
$count = Get-Page '/v1.0/devices/$count' @{ ConsistencyLevel = 'eventual' }
Save-Pages "/v1.0/devices?`$top=100&$select&$owners" 'devices' $count.Trim([char] 0xFEFF, ' ')
try { Save-Pages "/beta/directory/deletedItems/microsoft.graph.device?$select" 'deleted-items' }
catch {
    Write-Warning "What is among the deleted items stays unknown: $_"
    Remove-Item (Join-Path $fresh 'deleted-items*.json') -ErrorAction SilentlyContinue
}

New-Item -ItemType Directory -Force $Folder | Out-Null
Remove-Item (Join-Path $Folder 'devices-page*.json'), (Join-Path $Folder 'deleted-items*.json') -ErrorAction SilentlyContinue
Move-Item (Join-Path $fresh '*.json') $Folder
Remove-Item $fresh
"$count devices in $Folder"
