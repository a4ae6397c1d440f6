$ISSUER = 'CN=MS-Organization-Access'

# The issuer's common name, and exactly that: MS-Organization-P2P-Access is another authority, whose certificates stay.
# Entra writes it as one of several parts: DC=net + DC=windows + CN=MS-Organization-Access + OU=82dbaca4-...
function Test-Issuer([System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    if ($Certificate.Issuer.Contains('"')) { return $false }
    ($Certificate.Issuer -split '\s*[,+]\s*') -ccontains $ISSUER
}

function Open-MachineStore([string] $Mode) {
    $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'LocalMachine')
    $store.Open($Mode)
    $store
}

# A user's own store is a folder of files in his profile; older programs write into his registry.
function Get-CertificateFolder([string] $User) {
    $shell = $usersHive.OpenSubKey($User).OpenSubKey('Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders')
    $roaming = if ($null -ne $shell) { Read-Text $shell 'AppData' } else { $null }
    if (-not $roaming) {
        $list = $machineHive.OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList')
        $roaming = Join-Path (Read-Text $list.OpenSubKey($User) 'ProfileImagePath') 'AppData\Roaming'
    }
    if (-not (Test-Path -LiteralPath $roaming)) { throw "$roaming cannot be reached." }
    Join-Path $roaming 'Microsoft\SystemCertificates\My\Certificates'
}

function Open-CertificateKey([string] $User) {
    $usersHive.OpenSubKey($User).OpenSubKey('Software\Microsoft\SystemCertificates\My\Certificates', $true)
}

# Of one user whose hive is loaded; each with where it stands, so that it can be removed.
function Get-UserCertificate([string] $User) {
    $folder = Get-CertificateFolder $User
    $files = if (Test-Path -LiteralPath $folder) { [IO.Directory]::GetFiles($folder) } else { @() }
    foreach ($file in $files) {
        $one = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([IO.File]::ReadAllBytes($file))
        if (Test-Issuer $one) { @{ store = $User; certificate = $one; file = $file; key = $null } }
    }
    $keys = Open-CertificateKey $User
    $names = if ($null -ne $keys) { $keys.GetSubKeyNames() } else { @() }
    foreach ($name in $names) {
        $blob = $keys.OpenSubKey($name).GetValue('Blob')
        $one = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([byte[]] $blob)
        if (Test-Issuer $one) { @{ store = $User; certificate = $one; file = $null; key = $name } }
    }
}

function Remove-UserCertificate([hashtable] $Found) {
    if ($Found.file) { [IO.File]::Delete($Found.file) }
    if ($Found.key) { (Open-CertificateKey $Found.store).DeleteSubKeyTree($Found.key) }
}

# The public part is kept, so that what was removed can be shown; the private one goes nowhere.
function ConvertTo-Removed([string] $Store, [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    @{
        store      = $Store
        thumbprint = $Certificate.Thumbprint
        subject    = $Certificate.Subject
        der        = [Convert]::ToBase64String($Certificate.RawData)
    }
}
