// What slow queries are told by: the extension pg_stat_statements, which the operator loads because its parameters are set.

/**
 * Another query of the ConfigMap with queries; its metrics are cnpg_apg_statements_calls, _seconds and _slowest_mean_seconds.
 * Of the slowest, those that were asked for ten times at least: once is no habit.
 */
export const statementQueries = `apg_statements:
  query: "SELECT coalesce(sum(s.calls), 0) AS calls, coalesce(sum(s.total_exec_time), 0) / 1000 AS seconds, coalesce(max(s.mean_exec_time) FILTER (WHERE s.calls >= 10), 0) / 1000 AS slowest_mean_seconds FROM public.pg_stat_statements s JOIN pg_catalog.pg_database d ON d.oid = s.dbid WHERE d.datname = pg_catalog.current_database()"
  target_databases: ["app"]
  metrics:
    - calls:
        usage: "COUNTER"
        description: "Statements that were executed"
    - seconds:
        usage: "COUNTER"
        description: "Seconds that they took"
    - slowest_mean_seconds:
        usage: "GAUGE"
        description: "Mean seconds of the statement whose mean is the longest"
`;
