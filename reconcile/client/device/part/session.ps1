$SECONDS_EACH = 30
$SECONDS_ALL = 120
$NOT_YET = 267009, 267011, 267045   # the task runs, has not run, is queued
$MOST_BYTES = 1MB

function Get-Name([string] $User) {
    try {
        [System.Security.Principal.SecurityIdentifier]::new($User).Translate([System.Security.Principal.NTAccount]).Value
    } catch {
        $User
    }
}

# Who has a desktop, once each, whatever the number of his sessions.
function Get-SignedIn {
    $seen = @{}
    $shells = "SessionId <> 0 AND (Name = 'explorer.exe' OR Name = 'sihost.exe' OR Name = 'taskhostw.exe')"
    foreach ($process in Get-CimInstance -ClassName Win32_Process -Filter $shells -Property Handle, SessionId) {
        try {
            $owner = [string] (Invoke-CimMethod -InputObject $process -MethodName GetOwnerSid).Sid
        } catch {
            continue   # it has ended meanwhile
        }
        if ($owner -notmatch $PERSON -or $seen.ContainsKey($owner)) { continue }
        $seen[$owner] = $true
        @{ sid = $owner; session = [int] $process.SessionId; account = Get-Name $owner }
    }
}

# A folder that only SYSTEM, this account and the user enter; he may write into the one file, and put nothing in its place.
function New-SharedFile([string] $Folder, [string] $User) {
    $acl = New-Object System.Security.AccessControl.DirectorySecurity
    $acl.SetAccessRuleProtection($true, $false)
    $me = [Security.Principal.WindowsIdentity]::GetCurrent().User
    $system = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-18')
    $him = [System.Security.Principal.SecurityIdentifier]::new($User)
    $rights = @(
        , @($system, 'FullControl', 'ContainerInherit, ObjectInherit', 'None')
        , @($me, 'FullControl', 'ContainerInherit, ObjectInherit', 'None')
        , @($him, 'ReadAndExecute', 'None', 'None')
        , @($him, 'Read, Write', 'ObjectInherit', 'InheritOnly')
    )
    foreach ($one in $rights) {
        $acl.AddAccessRule([System.Security.AccessControl.FileSystemAccessRule]::new($one[0], $one[1], $one[2], $one[3], 'Allow'))
    }
    [void] [IO.Directory]::CreateDirectory($Folder, $acl)
    $file = Join-Path $Folder 'status.txt'
    [IO.File]::WriteAllText($file, '')
    $file
}

function New-StatusTask([string] $File, [string] $User) {
    $system = Join-Path $env:SystemRoot 'System32'
    $line = '/d /s /c ""{0}" /status > "{1}""' -f (Join-Path $system 'dsregcmd.exe'), $File
    $program = Join-Path $system 'cmd.exe'
    # Else a window opens before the user's eyes for a moment.
    if ([Environment]::OSVersion.Version.Build -ge 17763) {
        $line = '--headless "{0}" {1}' -f $program, $line
        $program = Join-Path $system 'conhost.exe'
    }
    $settings = @{ AllowStartIfOnBatteries = $true; DontStopIfGoingOnBatteries = $true; Hidden = $true }
    $task = @{
        Action    = New-ScheduledTaskAction -Execute $program -Argument $line
        Principal = New-ScheduledTaskPrincipal -UserId $User -LogonType Interactive -RunLevel Limited
        Settings  = New-ScheduledTaskSettingsSet @settings -ExecutionTimeLimit (New-TimeSpan -Minutes 2)
    }
    New-ScheduledTask @task
}

function Wait-Task([string] $Name) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    do {
        if ($watch.Elapsed.TotalSeconds -gt $SECONDS_EACH) { throw "No end after $SECONDS_EACH s." }
        Start-Sleep -Milliseconds 250
        $result = (Get-ScheduledTaskInfo -TaskName $Name -TaskPath '\').LastTaskResult
    } while ($NOT_YET -contains $result)
}

# cmd.exe writes in the code page of the machine's consoles.
function Read-Written([string] $File) {
    if ((New-Object IO.FileInfo $File).Length -gt $MOST_BYTES) { throw 'More than any status is.' }
    $page = $machineHive.OpenSubKey('SYSTEM\CurrentControlSet\Control\Nls\CodePage').GetValue('OEMCP')
    $text = [IO.File]::ReadAllText($File, [Text.Encoding]::GetEncoding([int] $page))
    if (-not $text.Trim()) { throw 'Nothing was said.' }
    $text
}

# dsregcmd /status as it answers in the user's own session, by a task with his token that is there for this alone.
function Get-StatusOf([string] $User) {
    $name = 'reconcile-status-' + [Guid]::NewGuid().ToString('N')
    $folder = Join-Path ([Environment]::GetFolderPath('CommonApplicationData')) $name
    try {
        $file = New-SharedFile $folder $User
        [void] (Register-ScheduledTask -TaskName $name -TaskPath '\' -InputObject (New-StatusTask $file $User))
        Start-ScheduledTask -TaskName $name -TaskPath '\'
        Wait-Task $name
        Read-Written $file
    } finally {
        Unregister-ScheduledTask -TaskName $name -TaskPath '\' -Confirm:$false -ErrorAction SilentlyContinue
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
    }
}

function Get-UserStatus {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    foreach ($one in Get-SignedIn) {
        $one['status'] = $null
        $one['why'] = ''
        try {
            if ($watch.Elapsed.TotalSeconds -gt $SECONDS_ALL) { throw 'Others took too long before.' }
            $one['status'] = [string] (Get-StatusOf $one.sid)
        } catch {
            $one['why'] = [string] $_.Exception.Message
        }
        $one
    }
}
