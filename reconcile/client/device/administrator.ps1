# reconcile administrator
# Makes one local administrator ready: there, enabled, a member of the group, with this password. No name: the built-in one.
# Windows PowerShell 5.1, elevated.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [AllowEmptyString()] [string] $Name,
    [Parameter(Mandatory)] [System.Security.SecureString] $Password
)
# include answer
# include account

$NEVER_EXPIRES = 0x10000
$module = $null -ne (Get-Command -Name New-LocalUser, Set-LocalUser, Add-LocalGroupMember -ErrorAction SilentlyContinue)

function Find-Account {
    foreach ($one in @(Get-LocalAccount)) {
        if ($Name) { if ($one.name -eq $Name) { return $one } }
        elseif ($one.sid -match '-500$') { return $one }
    }
}

function Get-PlainText {
    [System.Net.NetworkCredential]::new('', $Password).Password
}

# To set a password anew takes from its owner what the old one protects: it is not done in vain.
function Test-Password([hashtable] $Account) {
    try {
        Add-Type -AssemblyName System.DirectoryServices.AccountManagement
        $machine = [System.DirectoryServices.AccountManagement.PrincipalContext]::new('Machine')
        $machine.ValidateCredentials($Account.name, (Get-PlainText))
    } catch {
        $false
    }
}

function New-Account {
    if ($module) {
        [void] (New-LocalUser -Name $Name -Password $Password -AccountNeverExpires -PasswordNeverExpires)
        return
    }
    $entry = (Get-Machine).psbase.Children.Add($Name, 'User')
    [void] $entry.psbase.Invoke('SetPassword', (Get-PlainText))
    $entry.psbase.CommitChanges()
    Set-Flag $entry $NEVER_EXPIRES $true
}

function Set-Flag([System.DirectoryServices.DirectoryEntry] $Entry, [int] $Flag, [bool] $On) {
    $Entry.psbase.RefreshCache()
    $flags = [int] $Entry.psbase.Properties['UserFlags'].Value
    $Entry.psbase.Properties['UserFlags'].Value = $(if ($On) { $flags -bor $Flag } else { $flags -band (-bnot $Flag) })
    $Entry.psbase.CommitChanges()
}

function Set-Account([hashtable] $Account) {
    if ($module) {
        Set-LocalUser -SID $Account.sid -Password $Password
        Enable-LocalUser -SID $Account.sid
    } else {
        [void] $Account.entry.psbase.Invoke('SetPassword', (Get-PlainText))
        Set-Flag $Account.entry $DISABLED $false
    }
    if ($Account.locked) { Set-Flag $Account.entry $LOCKED $false }
}

function Add-Administrator([hashtable] $Account) {
    if ($module) {
        Add-LocalGroupMember -SID $administratorsSid -Member $Account.sid
    } else {
        [void] (Get-AdministratorGroup).psbase.Invoke('Add', $Account.entry.psbase.Path)
    }
}

$told = @{ before = $null; sid = $null; name = $null; did = $false }
try {
    $account = Find-Account
    if ($null -eq $account -and -not $Name) { throw 'There is no built-in administrator.' }
    $member = $null -ne $account -and @(Get-AdministratorSid) -contains $account.sid
    $enabled = $(if ($null -ne $account) { $account.enabled } else { $null })
    $told['before'] = @{ exists = ($null -ne $account); enabled = $enabled; member = $member }
    if ($null -eq $account) {
        New-Account
        $told['did'] = $true
        $account = Find-Account
    } elseif (-not ($account.enabled -and -not $account.locked -and (Test-Password $account))) {
        Set-Account $account
        $told['did'] = $true
    }
    $told['sid'] = $account.sid
    $told['name'] = $account.name
    if (-not $member) {
        Add-Administrator $account
        $told['did'] = $true
    }
} catch {
    Add-Fault 'administrator' $_
}
ConvertTo-Answer $told
