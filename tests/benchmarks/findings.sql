-- The ten kinds of finding in SQL: a second writing of the rules, from the snapshots' values as served.
-- Views: entra, directory, agents (source/schema.py) and retired (frame/columns.py).
-- Variables: now, tenant, domains, stale_days, agent_fresh_days, recently_active_days, directory_state.
-- Gives kind, system and object: object_id or device_id or name, object_guid, or name and claimed id.

CREATE OR REPLACE TEMP MACRO zero() AS '00000000-0000-0000-0000-000000000000';
CREATE OR REPLACE TEMP MACRO filled(t) AS nullif(trim(t), '');
CREATE OR REPLACE TEMP MACRO only_guid(t) AS
    CASE WHEN t <> zero() AND regexp_full_match(t, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}') THEN t END;
CREATE OR REPLACE TEMP MACRO guid(t) AS only_guid(lower(trim(t, ' {}')));
CREATE OR REPLACE TEMP MACRO only_sid(t) AS CASE WHEN regexp_full_match(t, 'S-1(-[0-9]+)+') THEN t END;
CREATE OR REPLACE TEMP MACRO sid(t) AS only_sid(upper(trim(t)));
CREATE OR REPLACE TEMP MACRO fold(t) AS replace(replace(lower(t), 'ß', 'ss'), 'ς', 'σ');
CREATE OR REPLACE TEMP MACRO cut(t) AS nullif(CASE WHEN contains(t, ' ') THEN t ELSE split_part(t, '.', 1) END, '');
CREATE OR REPLACE TEMP MACRO host(t) AS cut(fold(trim(t)));
CREATE OR REPLACE TEMP MACRO in_era(t) AS
    CASE WHEN t >= TIMESTAMP '1602-01-01' AND t < TIMESTAMP '9999-12-31' THEN t END;
CREATE OR REPLACE TEMP MACRO moment(t) AS in_era(try_cast(t AS TIMESTAMP));
CREATE OR REPLACE TEMP MACRO filetime(t) AS
    in_era(CASE WHEN length(t) < 19 THEN make_timestamp(try_cast(t AS BIGINT) // 10 - 11644473600000000) END);
CREATE OR REPLACE TEMP MACRO believable(t) AS CASE WHEN t <= getvariable('now') + INTERVAL 1 DAY THEN t END;
CREATE OR REPLACE TEMP MACRO days_ago(days) AS getvariable('now') - to_days(days);
CREATE OR REPLACE TEMP MACRO domain_sid(t) AS rtrim(t, '0123456789');

WITH
-- 2 Frames
cloud AS MATERIALIZED (
    SELECT
        "row" AS e,
        guid(id) AS object_id,
        guid(deviceId) AS device_id,
        displayName AS name,
        host(displayName) AS host,
        CASE
            WHEN lower(trim(trustType)) IN ('workplace', 'azure ad registered', 'microsoft entra registered') THEN 'registered'
            WHEN lower(trim(trustType)) IN ('azuread', 'azure ad joined', 'microsoft entra joined') THEN 'joined'
            WHEN lower(trim(trustType)) IN ('serverad', 'hybrid azure ad joined', 'microsoft entra hybrid joined') THEN 'hybrid'
            ELSE 'unknown'
        END AS joined,
        accountEnabled AS enabled,
        CASE
            WHEN alternativeSecurityIds IS NOT NULL THEN len(alternativeSecurityIds) = 0
            ELSE lower(trim(registrationDateTime)) IN ('', 'pending') OR try_cast(registrationDateTime AS TIMESTAMP) < TIMESTAMP '1602-01-01'
        END AS pending,
        moment(createdDateTime) AS created,
        coalesce(moment(registrationDateTime), moment(createdDateTime)) AS began,
        believable(moment(approximateLastSignInDateTime)) AS seen,
        sid(onPremisesSecurityIdentifier) AS sid,
        starts_with(lower(filled(operatingSystem)), 'windows') AS windows,
        coalesce(len(list_filter(physicalIds, lambda tag: starts_with(tag, '[ZTDID]'))) > 0, false) AS autopilot,
        list_filter(physicalIds, lambda tag: starts_with(tag, '[HWID]')) AS hardware,
        CASE WHEN len(registeredOwners) = 1 THEN fold(registeredOwners[1]) END AS owner
    FROM entra
    WHERE moment(deletedDateTime) IS NULL
),
computer AS MATERIALIZED (
    SELECT
        "row" AS d,
        name,
        guid(objectGUID) AS object_guid,
        sid(objectSid) AS sid,
        array_to_string(split(lower(distinguishedName), ',dc=')[2:], '.') AS domain,
        list_distinct([host(name), host(split_part(dNSHostName, '.', 1)), host(regexp_replace(sAMAccountName, '\$$', ''))]) AS hosts,
        coalesce(host(name), host(split_part(dNSHostName, '.', 1)), host(regexp_replace(sAMAccountName, '\$$', ''))) AS host,
        filled(dNSHostName) IS NULL AS without_dns_name,
        CASE
            WHEN lower(objectClass) LIKE 'msds-%managedserviceaccount' THEN 'gmsa'
            WHEN lower(rtrim(coalesce(name, ''), '$')) = 'azureadssoacc' OR lower(rtrim(coalesce(sAMAccountName, ''), '$')) = 'azureadssoacc' THEN 'sso'
            WHEN userAccountControl & 67108864 <> 0 OR primaryGroupID = 521 THEN 'rodc'
            WHEN userAccountControl & 8192 <> 0 OR primaryGroupID = 516 THEN 'domain-controller'
            WHEN len(list_filter(servicePrincipalName, lambda spn: starts_with(lower(spn), 'msclustervirtualserver/'))) > 0 THEN 'cluster'
            WHEN contains(lower(operatingSystem), 'server') THEN 'server'
            WHEN filled(operatingSystem) IS NOT NULL OR servicePrincipalName IS NOT NULL THEN 'workstation'
        END AS role,
        enabled,
        greatest(believable(filetime(lastLogonTimestamp)), believable(filetime(pwdLastSet))) AS seen,
        userCertificateCount > 0 AS in_sync_scope,
        starts_with(lower(filled(operatingSystem)), 'windows') AS windows
    FROM directory
),
report AS MATERIALIZED (
    SELECT
        "row" AS r,
        coalesce(filled(DeviceName), a.host) AS name,
        host(coalesce(filled(DeviceName), a.host)) AS host,
        moment(captured_at) AS said_at,
        coalesce(moment(captured_at) BETWEEN days_ago(getvariable('agent_fresh_days')) AND getvariable('now') + INTERVAL 1 HOUR, false) AS fresh,
        CASE
            WHEN lower(trim(context)) IN ('user', 'system', 'remote', 'unknown') THEN lower(trim(context)) = 'user'
            WHEN filled(split_part(ExecutingAccountName, ',', 1)) IS NOT NULL
                THEN NOT regexp_matches(trim(split_part(ExecutingAccountName, ',', 1)), '(?i)\$$|(^|\\)system$|^nt authority\\')
            WHEN contains(UserContext, 'SYSTEM') THEN false
            WHEN contains(UserContext, 'User') THEN true
            ELSE coalesce(SessionIsNotRemote = 'YES', false)
        END AS in_session,
        regexp_extract(lower(ExecutingAccountName), '(?:^|[\s,])([^\s,\\@]+@[^\s,\\@]+)', 1) AS account,
        layout,
        CASE WHEN AzureAdJoined IN ('YES', 'NO') THEN AzureAdJoined END AS entra_joined,
        CASE WHEN WorkplaceJoined IN ('YES', 'NO') THEN WorkplaceJoined END AS workplace_joined,
        guid(DeviceId) AS device_id,
        guid(TenantId) AS tenant,
        list_transform(work_accounts, lambda a: {'id': guid(a.WorkplaceDeviceId), 'tenant': guid(a.WorkplaceTenantId)}) AS accounts
    FROM (
        SELECT "row", host, captured_at, context, DeviceName, layout,
            CASE WHEN problem IS NULL THEN ExecutingAccountName END AS ExecutingAccountName,
            CASE WHEN problem IS NULL THEN UserContext END AS UserContext,
            CASE WHEN problem IS NULL THEN SessionIsNotRemote END AS SessionIsNotRemote,
            CASE WHEN problem IS NULL THEN AzureAdJoined END AS AzureAdJoined,
            CASE WHEN problem IS NULL THEN WorkplaceJoined END AS WorkplaceJoined,
            CASE WHEN problem IS NULL THEN DeviceId END AS DeviceId,
            CASE WHEN problem IS NULL THEN TenantId END AS TenantId,
            CASE WHEN problem IS NULL THEN work_accounts END AS work_accounts
        FROM agents
    ) AS a
),

-- 3 Words: claims, links, activity, presence
claim AS MATERIALIZED (
    SELECT device_id AS id, r, host, name, said_at, fresh, true AS device
    FROM report
    WHERE entra_joined = 'YES' AND tenant = getvariable('tenant') AND device_id IS NOT NULL
    UNION ALL
    SELECT account.id, r, host, name, said_at, fresh, false
    FROM (SELECT r, host, name, said_at, fresh, unnest(accounts) AS account FROM report)
    WHERE account.tenant = getvariable('tenant') AND account.id IS NOT NULL
),
claimed AS MATERIALIZED (
    SELECT
        id,
        max(believable(said_at)) AS seen,
        bool_or(fresh) AS fresh,
        arg_max(host, (said_at, NOT device, r)) FILTER (fresh) AS host
    FROM claim
    GROUP BY id
),
covered_domain AS (
    SELECT DISTINCT domain_sid(sid) AS domain
    FROM computer
    WHERE sid IS NOT NULL AND (len(getvariable('domains')) = 0 OR list_contains(getvariable('domains'), domain))
),
directory_said AS (
    SELECT
        CASE
            WHEN getvariable('directory_state') <> 'complete' THEN getvariable('directory_state')
            WHEN EXISTS (SELECT 1 FROM unnest(getvariable('domains')) AS listed (domain) WHERE domain NOT IN (SELECT c.domain FROM computer AS c WHERE c.domain <> ''))
                THEN 'incomplete'
            ELSE 'complete'
        END AS state,
        CASE
            WHEN len(getvariable('domains')) > 0 THEN len(getvariable('domains')) = 1
            ELSE (SELECT count(DISTINCT nullif(domain, '')) FROM computer) = 1
        END AS one_domain
),
machine AS MATERIALIZED (
    SELECT
        c.*,
        g.d AS by_guid,
        s.d AS by_sid,
        greatest(c.seen, g.seen, s.seen, claimed.seen) AS active,
        c.windows AND c.device_id IS NOT NULL AS takes_part,
        CASE
            WHEN coalesce(g.d, s.d) IS NULL THEN coalesce(claimed.host, c.host)
            WHEN list_contains(coalesce(g.hosts, s.hosts), c.host) THEN c.host
            ELSE coalesce(g.host, s.host)
        END AS true_host,
        coalesce(g.d IS NOT NULL OR s.d IS NOT NULL OR claimed.fresh, false) AS confirmed,
        c.joined <> 'hybrid' OR (directory_said.state = 'complete' AND CASE
            WHEN c.sid IS NULL THEN one_domain
            ELSE domain_sid(c.sid) IN (FROM covered_domain)
        END) AS can_be_said
    FROM cloud AS c
    CROSS JOIN directory_said
    LEFT JOIN computer AS g ON g.object_guid = c.device_id
    LEFT JOIN computer AS s ON s.sid = c.sid
    LEFT JOIN claimed ON claimed.id = c.device_id
),
linked AS (
    SELECT d, max(seen) AS seen
    FROM (SELECT by_guid AS d, seen FROM machine UNION ALL SELECT by_sid, seen FROM machine)
    WHERE d IS NOT NULL
    GROUP BY d
),
unlinked AS MATERIALIZED (
    SELECT computer.* EXCLUDE (seen), greatest(computer.seen, claimed.seen) AS active
    FROM computer
    ANTI JOIN linked USING (d)
    LEFT JOIN claimed ON claimed.id = object_guid
),
bearer AS MATERIALIZED (
    SELECT * FROM (SELECT d, unnest(hosts) AS host, without_dns_name, object_guid IS NULL AS without_guid FROM computer)
    WHERE host IS NOT NULL
),

-- 4 The three that exclude each other
candidate AS MATERIALIZED (
    SELECT * FROM machine
    WHERE takes_part AND NOT autopilot AND NOT confirmed AND can_be_said
        AND NOT (joined = 'hybrid' AND (
            coalesce(host IN (SELECT host FROM bearer WHERE without_guid), false)
            OR coalesce(length(host) > 15 AND left(host, 15) IN (SELECT host FROM bearer WHERE without_guid AND without_dns_name), false)))
),
slot_claim AS (SELECT host, max(said_at) AS said_at FROM claim WHERE fresh AND device GROUP BY host),
slot_answer AS (
    SELECT
        host,
        arg_max(entra_joined, (said_at, r)) AS answer,
        max(said_at) AS said_at,
        bool_or(entra_joined = 'YES' AND coalesce(tenant, getvariable('tenant')) = getvariable('tenant')) AS claims
    FROM report
    WHERE fresh AND entra_joined IS NOT NULL
    GROUP BY host
),
owner_answer AS (
    SELECT
        host,
        account AS owner,
        max(said_at) AS said_at,
        arg_max(workplace_joined = 'NO' AND layout IS NOT DISTINCT FROM 'modern', (said_at, r)) AS denies,
        arg_max(coalesce(
            len(list_filter(accounts, lambda a: a.tenant = getvariable('tenant'))) > 0
            AND len(list_filter(accounts, lambda a: a.tenant IS NULL OR a.id IS NULL)) = 0, false), (said_at, r)) AS lists
    FROM report
    WHERE fresh AND in_session AND workplace_joined IS NOT NULL AND account <> ''
    GROUP BY host, account
),
borne AS (
    SELECT e FROM candidate AS c WHERE joined = 'hybrid' AND host IN (SELECT host FROM bearer)
    UNION
    SELECT e FROM candidate AS c WHERE joined = 'hybrid' AND length(host) > 15
        AND left(host, 15) IN (SELECT host FROM bearer WHERE without_dns_name)
),
told AS (
    SELECT
        c.e,
        c.joined,
        c.e IN (FROM borne) AS is_borne,
        coalesce(CASE joined
            WHEN 'registered' THEN o.lists AND c.began < o.said_at AND (c.active IS NULL OR c.active <= o.said_at)
            WHEN 'unknown' THEN false
            ELSE c.began < p.said_at AND (c.active IS NULL OR c.active <= p.said_at)
        END, false) AS displaced,
        coalesce(CASE joined
            WHEN 'registered' THEN o.denies AND c.began < o.said_at AND (c.active IS NULL OR c.active <= o.said_at)
            WHEN 'joined' THEN a.answer = 'NO' AND NOT a.claims AND c.began < a.said_at AND (c.active IS NULL OR c.active <= a.said_at)
            ELSE false
        END, false) AS denied
    FROM candidate AS c
    LEFT JOIN slot_claim AS p ON p.host = c.host
    LEFT JOIN slot_answer AS a ON a.host = c.host
    LEFT JOIN owner_answer AS o ON o.host = c.host AND o.owner = c.owner
),
named AS MATERIALIZED (
    SELECT e, CASE WHEN is_borne OR displaced THEN 'stale-guid' ELSE 'orphaned-cloud' END AS kind
    FROM told
    WHERE is_borne OR displaced OR denied OR joined = 'hybrid'
),
sibling AS MATERIALIZED (
    SELECT e, true_host, joined, coalesce(CASE WHEN joined = 'registered' THEN owner END, '') AS owner, active, hardware,
        active >= days_ago(getvariable('recently_active_days')) AS recent
    FROM machine
    WHERE takes_part AND active IS NOT NULL AND joined IN ('joined', 'registered') AND true_host IS NOT NULL
),
duplicate AS (
    SELECT DISTINCT older.e
    FROM (SELECT sibling.* FROM sibling SEMI JOIN candidate USING (e) ANTI JOIN named USING (e)) AS older
    JOIN sibling AS newer USING (true_host, joined, owner)
    WHERE newer.active > older.active
        AND NOT coalesce(older.recent AND newer.recent AND len(older.hardware) > 0 AND len(newer.hardware) > 0
            AND NOT list_has_any(older.hardware, newer.hardware), false)
),

-- 5 The others
saved_host AS (
    SELECT host FROM machine
    WHERE joined = 'hybrid' AND (device_id IS NULL OR (takes_part AND NOT confirmed))
),
saved AS (
    SELECT d FROM bearer WHERE host IN (FROM saved_host)
    UNION
    SELECT d FROM bearer WHERE without_dns_name AND host IN (SELECT left(host, 15) FROM saved_host WHERE length(host) > 15)
),
orphaned_device AS (
    SELECT arg_max(name, (said_at, NOT device, r)) AS name, id
    FROM claim
    ANTI JOIN cloud ON cloud.device_id = claim.id
    WHERE fresh
    GROUP BY host, id
),
slot_row AS MATERIALIZED (
    SELECT e, device_id, true_host, hardware FROM machine
    WHERE takes_part AND joined IN ('joined', 'hybrid') AND NOT (autopilot AND active IS NULL)
),
registration AS MATERIALIZED (
    SELECT e, device_id, true_host, hardware FROM machine WHERE takes_part AND joined = 'registered'
),
slot_hardware AS (
    SELECT id, min(true_host) AS host
    FROM (SELECT unnest(hardware) AS id, true_host FROM slot_row)
    GROUP BY id
    HAVING count(DISTINCT true_host) = 1 AND count(true_host) = count(*)
),
twin AS (
    SELECT t.e
    FROM registration AS t
    JOIN claim AS its ON its.id = t.device_id AND its.fresh AND NOT its.device
    JOIN claim AS other ON other.r = its.r AND other.device
    JOIN slot_row ON slot_row.device_id = other.id
    UNION
    SELECT t.e
    FROM (SELECT e, true_host, unnest(hardware) AS id FROM registration) AS t
    JOIN slot_hardware AS s ON s.id = t.id AND s.host = t.true_host
),
back AS MATERIALIZED (
    SELECT e FROM cloud
    WHERE device_id IN (SELECT r.device_id FROM retired AS r WHERE r.device_id IS NOT NULL)
        OR device_id IN (SELECT r.object_guid FROM retired AS r WHERE r.object_guid IS NOT NULL)
        OR sid IN (SELECT r.sid FROM retired AS r WHERE r.sid IS NOT NULL)
        OR object_id IN (SELECT r.object_id FROM retired AS r WHERE r.object_id IS NOT NULL)
),
retired_host AS (SELECT host(hostname) AS host, min(retired_at) AT TIME ZONE 'UTC' AS said_at FROM retired GROUP BY 1),

found_in_cloud AS (
    SELECT kind, e FROM named
    UNION ALL SELECT 'duplicate', e FROM duplicate
    UNION ALL SELECT 'dual-state', e FROM twin
    UNION ALL SELECT 'disabled', e FROM machine WHERE NOT enabled
    UNION ALL SELECT 'pending', e FROM machine WHERE pending AND joined = 'hybrid' AND coalesce(windows, true)
    UNION ALL SELECT 'stale', e FROM machine
        WHERE active < days_ago(getvariable('stale_days')) AND NOT (joined = 'hybrid' AND (SELECT state = 'incomplete' FROM directory_said))
    UNION ALL SELECT 'resurrected', e FROM back
    UNION ALL SELECT 'resurrected', e FROM cloud JOIN retired_host USING (host)
        WHERE pending AND joined = 'hybrid' AND coalesce(windows, true) AND created > said_at AND e NOT IN (FROM back)
),
found_in_directory AS (
    SELECT 'orphaned-directory' AS kind, d FROM unlinked
    WHERE role = 'workstation' AND windows AND in_sync_scope AND object_guid IS NOT NULL AND d NOT IN (FROM saved)
    UNION ALL SELECT 'disabled', d FROM unlinked WHERE NOT enabled AND role IN ('workstation', 'server')
    UNION ALL SELECT 'stale', d FROM unlinked
        WHERE active < days_ago(getvariable('stale_days')) AND role IN ('workstation', 'server')
    UNION ALL SELECT 'resurrected', d FROM computer
        WHERE object_guid IN (SELECT device_id FROM retired WHERE device_id IS NOT NULL)
            OR object_guid IN (SELECT r.object_guid FROM retired AS r WHERE r.object_guid IS NOT NULL)
            OR sid IN (SELECT r.sid FROM retired AS r WHERE r.sid IS NOT NULL)
)
SELECT kind, 'entra' AS system, coalesce(object_id, device_id, name, '') AS object FROM found_in_cloud JOIN cloud USING (e)
UNION ALL SELECT kind, 'directory', coalesce(object_guid, sid, name, '') FROM found_in_directory JOIN computer USING (d)
UNION ALL SELECT 'orphaned-device', 'agents', name || ' ' || id FROM orphaned_device;
