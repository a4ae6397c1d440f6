# reconcile administrator-restore
# Puts a local account back as it was before it was made an administrator that is ready; its old password is nobody's to know.
# Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidatePattern('^S-1-5-21-[0-9-]+$')] [string] $Sid,
    [Parameter(Mandatory)] [bool] $Enabled,
    [Parameter(Mandatory)] [bool] $Member
)
# include answer
# include account

function Disable-Account([hashtable] $Account) {
    $flags = [int] $Account.entry.psbase.Properties['UserFlags'].Value
    $Account.entry.psbase.Properties['UserFlags'].Value = $flags -bor $DISABLED
    $Account.entry.psbase.CommitChanges()
}

$told = @{ before = $null; did = $false }
try {
    $account = @(Get-LocalAccount | Where-Object { $_.sid -eq $Sid })
    if ($account.Count -ne 1) { throw 'There is no such account.' }
    $is = @(Get-AdministratorSid) -contains $Sid
    $told['before'] = @{ exists = $true; enabled = $account[0].enabled; member = $is }
    if ($account[0].enabled -and -not $Enabled) {
        Disable-Account $account[0]
        $told['did'] = $true
    }
    if ($is -and -not $Member) {
        [void] (Get-AdministratorGroup).psbase.Invoke('Remove', $account[0].entry.psbase.Path)
        $told['did'] = $true
    }
} catch {
    Add-Fault 'administrator' $_
}
ConvertTo-Answer $told
