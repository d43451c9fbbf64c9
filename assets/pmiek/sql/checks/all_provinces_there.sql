-- Each of the twelve provinces has rows, also when nothing was filed there.
select code from provinces
where filed and code not in (select province_code from pmiek_energy_demand)
