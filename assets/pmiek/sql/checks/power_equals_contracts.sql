-- At every moment the cells hold the connections, peaks, flexibility and energy of all sites, each once.
with cells as (
    select year, scenario,
        coalesce(sum(connection_capacity_mva), 0) as capacity,
        coalesce(sum(contracted_offtake_mw), 0) as offtake,
        coalesce(sum(contracted_feed_in_mw), 0) as feed_in,
        coalesce(sum(requested_extra_mw), 0) as requested,
        coalesce(sum(pending_request_count), 0) as pending,
        coalesce(sum(connection_count), 0) as connections,
        coalesce(sum(flexible_mw), 0) + coalesce(sum(flexible_more_offtake_mw), 0)
            + coalesce(sum(flexible_less_feed_in_mw), 0) + coalesce(sum(flexible_more_feed_in_mw), 0) as flexible,
        coalesce(sum(own_generation_mw), 0) as generation,
        coalesce(sum(storage_mwh), 0) as storage,
        coalesce(sum(electricity_twh), 0) as twh,
        coalesce(sum(peak_sum_mw), 0) as peaks,
        coalesce(sum(feed_in_peak_sum_mw), 0) as feed_in_peaks
    from pmiek_power_demand
    where certainty = 'all'
    group by all
),

contracts as (
    select
        coalesce(sum(connection_capacity_mva::decimal(38, 6)), 0) as capacity,
        coalesce(sum(contracted_offtake_mw::decimal(38, 6)), 0) as offtake,
        coalesce(sum(contracted_feed_in_mw::decimal(38, 6)), 0) as feed_in,
        coalesce(sum(requested_extra_mw::decimal(38, 6)) filter (where request_pending), 0) as requested,
        count(*) filter (where request_pending) as pending,
        count(*) as connections
    from connection
    where carrier = 'electricity'
),

flexible as (
    select
        (select coalesce(sum(flexible_mw::decimal(38, 6)), 0) from flexibility where flex_direction <> 'none')
            as flexible,
        (select coalesce(sum(mw), 0) from (
            select max(own_generation_mw)::decimal(38, 6) as mw from flexibility
            where own_generation_mw is not null
            group by submission_id, site_id, coalesce(own_generation_type, ''))) as generation,
        (select coalesce(sum(mwh), 0) from (
            select max(storage_mwh)::decimal(38, 6) as mwh from flexibility
            where storage_mwh is not null
            group by submission_id, site_id)) as storage
),

demand as (
    select year, scenario,
        coalesce(sum(electricity_twh) filter (where direction = 'offtake'), 0) as twh,
        coalesce(sum(peak_mw) filter (where direction = 'offtake'), 0) as peaks,
        coalesce(sum(peak_mw) filter (where direction = 'supply'), 0) as feed_in_peaks
    from site_demand
    where carrier = 'electricity'
    group by all
)

select cells.year, cells.scenario
from cells
cross join contracts
cross join flexible
full join demand using (year, scenario)
where (
    cells.capacity = contracts.capacity and cells.offtake = contracts.offtake and cells.feed_in = contracts.feed_in
    and cells.requested = contracts.requested and cells.pending = contracts.pending
    and cells.connections = contracts.connections and cells.flexible = flexible.flexible
    and cells.generation = flexible.generation and cells.storage = flexible.storage
    and cells.twh = coalesce(demand.twh, 0) and cells.peaks = coalesce(demand.peaks, 0)
    and cells.feed_in_peaks = coalesce(demand.feed_in_peaks, 0)
) is not true
