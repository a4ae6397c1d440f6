# reconcile sync-state
# Reads Microsoft Entra Connect's engine and prints one JSON text; changes nothing. Windows PowerShell 5.1.
param([int] $Newest = 40)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# ADSync keeps UTC, and mostly does not say so: ToUniversalTime alone would shift it by the local offset.
function ConvertTo-Utc($Date) {
    if ($null -eq $Date -or $Date -is [DBNull]) { return $null }
    $Date = [DateTime] $Date
    if ($Date.Kind -eq [DateTimeKind]::Local) { $Date = $Date.ToUniversalTime() }
    [DateTime]::SpecifyKind($Date, [DateTimeKind]::Utc).ToString('o', [Globalization.CultureInfo]::InvariantCulture)
}

function Measure-Step($Run, [string] $Name) {
    $sum = 0
    foreach ($step in @($Run.RunStepResults)) { if ($null -ne $step.$Name) { $sum += [int] $step.$Name } }
    $sum
}

# Newer versions of the cmdlet have a person sign in, for whom there is no window here: then the engine's own copy must do.
function Read-Threshold($Settings) {
    $command = Get-Command Get-ADSyncExportDeletionThreshold -ErrorAction SilentlyContinue
    if ($null -ne $command -and -not $command.Parameters.ContainsKey('AADUserName')) {
        try {
            $said = Get-ADSyncExportDeletionThreshold
            return @{ enabled = ([int] $said.DeletionPrevention -ne 0); count = [int] $said.ThresholdCount; source = 'cmdlet' }
        } catch {
            $null = $_
        }
    }
    $count = $Settings['Microsoft.OptionalFeature.ExportDeletionThresholdValue']
    $enabled = $Settings['Microsoft.OptionalFeature.ExportDeletionThreshold']
    @{
        enabled = $(if ("$enabled" -eq 'True') { $true } else { $null })
        count   = $(if ("$count" -match '^\d+$') { [int] "$count" } else { $null })
        source  = 'settings'
    }
}

function Read-Suppressed {
    $filter = @{ LogName = 'Application'; ProviderName = 'Directory Synchronization'; Id = 116 }
    try {
        $event116 = Get-WinEvent -FilterHashtable $filter -MaxEvents 1
        @{ id = [long] $event116.RecordId; at = ConvertTo-Utc $event116.TimeCreated; message = [string] $event116.Message }
    } catch {
        $null
    }
}

function Read-Run($Run, [string[]] $Cloud) {
    @{
        id         = [string] $Run.RunHistoryId
        number     = [int] $Run.RunNumber
        connector  = [string] $Run.ConnectorName
        profile    = [string] $Run.RunProfileName
        cloud      = ($Cloud -contains [string] $Run.ConnectorId)
        result     = [string] $Run.Result
        complete   = [bool] $Run.IsRunComplete
        started_at = ConvertTo-Utc $Run.StartDate
        ended_at   = ConvertTo-Utc $Run.EndDate
        adds       = Measure-Step $Run 'ExportAdd'
        updates    = Measure-Step $Run 'ExportUpdate'
        deletes    = Measure-Step $Run 'ExportDelete'
    }
}

try {
    Import-Module ADSync
    # The scheduler before the runs: a cycle that ends in between is then seen once more, and not missed.
    $scheduler = Get-ADSyncScheduler
    $busy = @(Get-ADSyncConnectorRunStatus | ForEach-Object { [string] $_.ConnectorName })
    $settings = @{}
    foreach ($one in (Get-ADSyncGlobalSettings).Parameters) { $settings[[string] $one.Name] = $one.Value }
    $cloud = @(Get-ADSyncConnector | Where-Object {
            [string] $_.Identifier -eq 'b891884f-051e-4a83-95af-2544101c9083' -or [string] $_.Name -like '* - AAD'
        } | ForEach-Object { [string] $_.Identifier })
    $runs = @(Get-ADSyncRunProfileResult -NumberRequested $Newest -RunStepDetails | ForEach-Object { Read-Run $_ $cloud })
    $interval = $scheduler.CurrentlyEffectiveSyncCycleInterval
    $told = @{
        version             = [string] $settings['Microsoft.Synchronize.ServerConfigurationVersion']
        staging_mode        = [bool] $scheduler.StagingModeEnabled
        sync_cycle_enabled  = [bool] $scheduler.SyncCycleEnabled
        scheduler_suspended = [bool] $scheduler.SchedulerSuspended
        cycle_in_progress   = [bool] $scheduler.SyncCycleInProgress
        busy                = $busy
        interval_seconds    = $(if ($null -ne $interval) { [double] $interval.TotalSeconds } else { $null })
        next_cycle_at       = ConvertTo-Utc $scheduler.NextSyncCycleStartTimeInUTC
        next_policy         = [string] $scheduler.NextSyncCyclePolicyType
        threshold           = Read-Threshold $settings
        suppressed          = Read-Suppressed
        runs                = $runs
    }
} catch {
    $told = @{ trouble = [string] $_.Exception.Message }
}
ConvertTo-Json -InputObject $told -Compress -Depth 5
