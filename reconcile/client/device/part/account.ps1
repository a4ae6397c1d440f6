# Accounts and groups go by their SIDs: names are localised, and may have been changed. ADSI is there in every process;
# the module LocalAccounts is not in 32-bit ones, and its Get-LocalGroupMember fails over members that are gone.
$administratorsSid = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'
$DISABLED = 0x2
$LOCKED = 0x10

function Get-Machine {
    [ADSI] "WinNT://$env:COMPUTERNAME,computer"
}

function ConvertTo-Sid([byte[]] $Bytes) {
    [System.Security.Principal.SecurityIdentifier]::new($Bytes, 0).Value
}

function Get-LocalAccount {
    $children = (Get-Machine).psbase.Children
    [void] $children.SchemaFilter.Add('User')
    foreach ($entry in $children) {
        $flags = [int] $entry.psbase.Properties['UserFlags'].Value
        @{
            sid     = ConvertTo-Sid $entry.psbase.Properties['objectSid'].Value
            name    = [string] $entry.psbase.Name
            enabled = -not ($flags -band $DISABLED)
            locked  = [bool] ($flags -band $LOCKED)
            entry   = $entry
        }
    }
}

function Get-AdministratorGroup {
    $name = $administratorsSid.Translate([System.Security.Principal.NTAccount]).Value.Split('\')[-1]
    (Get-Machine).psbase.Children.Find($name, 'Group')
}

function Read-Member([object] $Member, [string] $Property) {
    $Member.GetType().InvokeMember($Property, 'GetProperty', $null, $Member, $null)
}

function Get-AdministratorSid {
    foreach ($member in (Get-AdministratorGroup).psbase.Invoke('Members')) {
        ConvertTo-Sid (Read-Member $member 'ObjectSid')
    }
}

function Get-Administrator([object[]] $Accounts) {
    $local = @{}
    foreach ($one in $Accounts) { $local[$one.sid] = $one }
    $machine = [string] (@($Accounts | ForEach-Object { $_.sid -replace '-\d+$', '-' })[0])
    foreach ($member in (Get-AdministratorGroup).psbase.Invoke('Members')) {
        $sid = ConvertTo-Sid (Read-Member $member 'ObjectSid')
        @{
            sid     = $sid
            name    = [string] (Read-Member $member 'Name')
            kind    = [string] (Read-Member $member 'Class')
            local   = $sid.StartsWith($machine)
            enabled = $(if ($local.ContainsKey($sid)) { $local[$sid].enabled } else { $null })
        }
    }
}
