// PostgreSQL's memory and log settings out of what an instance has, so that an instance never promises more than that.
import { thresholds } from "../../../checklist/thresholds.ts";

const mebibyte = 1024n * 1024n;

/** What one instance has. */
export interface InstanceSize {
  /** The container's memory limit, in bytes. */
  memory: bigint;
  /** The container's CPU limit, in whole cores, rounded down; at least 1. */
  cores: number;
  /** Size of the volume of the write-ahead log, in bytes. */
  walVolume: bigint;
  /** Most connections at once. */
  maxConnections: number;
}

/** Autovacuum workers, each of which may take the maintenance memory. */
const autovacuumWorkers = 3n;

/** The least memory with which the settings below stay above PostgreSQL's own minimums. */
export const minMemory = 256n * mebibyte;
/** The smallest log volume that holds a useful stretch of log. */
export const minWalVolume = 1024n * mebibyte;

/** Shared buffers, maintenance memory and the memory of one sort, in bytes. */
export function memoryShares({ memory, maxConnections }: InstanceSize) {
  const shared = memory / 4n;
  const maintenance = smaller(memory / 16n, 2048n * mebibyte);
  // What is left serves the sorts of all connections at once, and a tenth of it the connections themselves.
  const left = memory - shared - autovacuumWorkers * maintenance;
  const work = (left * 9n) / 10n / BigInt(maxConnections);
  return { shared, maintenance, work };
}

/** Parameters that follow from the size of an instance. */
export function sizedParameters(size: InstanceSize): { [parameter: string]: string } {
  const { shared, maintenance, work } = memoryShares(size);
  const { memory, cores, walVolume, maxConnections } = size;
  const megabytes = (bytes: bigint) => `${bytes / mebibyte}MB`;
  return {
    max_connections: String(maxConnections),
    shared_buffers: megabytes(shared),
    effective_cache_size: megabytes((memory * 3n) / 4n),
    maintenance_work_mem: megabytes(maintenance),
    work_mem: `${larger(work / 1024n, 64n)}kB`,
    autovacuum_max_workers: String(autovacuumWorkers),
    max_worker_processes: String(Math.max(8, cores)),
    max_parallel_workers: String(cores),
    max_parallel_workers_per_gather: String(Math.ceil(cores / 2)),
    // Half of the volume between checkpoints, a tenth for replicas that fell behind, three tenths at most for one that left.
    max_wal_size: megabytes(walVolume / 2n),
    min_wal_size: megabytes(walVolume / 8n),
    wal_keep_size: megabytes(walVolume / 10n),
    max_slot_wal_keep_size: megabytes((walVolume * 3n) / 10n),
  };
}

/** Server connections that the poolers of a cluster may open to one instance, all together. */
export function pooledConnections(poolers: number, perPooler: number): number {
  return poolers * perPooler;
}

/** The fewest connections that an instance must allow for its poolers. */
export function connectionsNeeded(poolers: number, perPooler: number): number {
  return pooledConnections(poolers, perPooler) + thresholds.postgres.reservedConnections;
}

/** Whether that many synchronous replicas can be had, and one more be lost without that writes stop. */
export function keepsWriting(instances: number, synchronous: number): boolean {
  return instances - 1 > synchronous;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
