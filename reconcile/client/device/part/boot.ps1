function Get-BootTime {
    ConvertTo-Utc (Get-CimInstance -ClassName Win32_OperatingSystem -Property LastBootUpTime).LastBootUpTime
}
