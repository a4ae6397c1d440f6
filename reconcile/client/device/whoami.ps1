# reconcile whoami
# Says who is signed in here, and with which rights; changes nothing. Windows PowerShell 5.1.
[CmdletBinding()]
param()
# include answer
# include native

$me = [Security.Principal.WindowsIdentity]::GetCurrent()
ConvertTo-Answer @{
    account  = $me.Name
    sid      = $me.User.Value
    elevated = Test-Elevated
    host     = [string] $env:COMPUTERNAME
}
