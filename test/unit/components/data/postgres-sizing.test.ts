import assert from "node:assert/strict";
import fc from "fast-check";
import {
  connectionsNeeded,
  keepsWriting,
  memoryShares,
  minMemory,
  minWalVolume,
  pooledConnections,
  sizedParameters,
} from "../../../../components/data/postgres/sizing.ts";

const gibibyte = 1024n ** 3n;
const size = fc.record({
  memory: fc.bigInt({ min: minMemory, max: 512n * gibibyte }),
  cores: fc.integer({ min: 1, max: 128 }),
  walVolume: fc.bigInt({ min: minWalVolume, max: 4096n * gibibyte }),
  maxConnections: fc.integer({ min: 20, max: 1000 }),
});
const megabytes = (text: string | undefined) => BigInt(/^(\d+)MB$/.exec(text ?? "")?.[1] ?? "-1") * 1024n * 1024n;

describe("The size of a Postgres instance", () => {
  it("never promises more memory than the container has", () => {
    fc.assert(
      fc.property(size, (given) => {
        const { shared, maintenance, work } = memoryShares(given);
        assert.ok(shared + 3n * maintenance + BigInt(given.maxConnections) * work <= given.memory);
      }),
    );
  });

  it("keeps the log within its volume, also with a replica that left", () => {
    fc.assert(
      fc.property(size, (given) => {
        const parameters = sizedParameters(given);
        const most = ["max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"].map((of) => megabytes(parameters[of]));
        assert.ok(most.every((bytes) => bytes > 0n));
        assert.ok(most.reduce((sum, bytes) => sum + bytes) <= given.walVolume);
        assert.ok(megabytes(parameters.min_wal_size) >= 80n * 1024n * 1024n);
        assert.ok(megabytes(parameters.min_wal_size) <= megabytes(parameters.max_wal_size));
      }),
    );
  });

  it("grows with what there is, and never below what PostgreSQL takes", () => {
    fc.assert(
      fc.property(size, size, (one, other) => {
        const [small, large] = one.memory < other.memory ? [one, other] : [other, one];
        const parameters = (of: typeof one) => sizedParameters({ ...of, maxConnections: 100 });
        for (const name of ["shared_buffers", "effective_cache_size", "maintenance_work_mem"])
          assert.ok(megabytes(parameters(small)[name]) <= megabytes(parameters(large)[name]));
        assert.ok(Number(parameters(small).work_mem?.replace("kB", "")) >= 64);
        assert.ok(megabytes(parameters(small).maintenance_work_mem) >= 1024n * 1024n);
      }),
    );
  });

  it("is what was worked out by hand for 4 GiB, 2 cores, 10 GiB of log and 200 connections", () => {
    const given = { memory: 4n * gibibyte, cores: 2, walVolume: 10n * gibibyte, maxConnections: 200 };
    assert.deepEqual(sizedParameters(given), {
      max_connections: "200",
      shared_buffers: "1024MB",
      effective_cache_size: "3072MB",
      maintenance_work_mem: "256MB",
      work_mem: "10616kB",
      autovacuum_max_workers: "3",
      max_worker_processes: "8",
      max_parallel_workers: "2",
      max_parallel_workers_per_gather: "1",
      max_wal_size: "5120MB",
      min_wal_size: "1280MB",
      wal_keep_size: "1024MB",
      max_slot_wal_keep_size: "3072MB",
    });
  });

  it("leaves connections to operators and replicas beside those of the poolers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 50 }), (poolers, perPooler) => {
        assert.equal(connectionsNeeded(poolers, perPooler) - pooledConnections(poolers, perPooler), 20);
      }),
    );
  });

  it("goes on writing when one instance is lost, or is refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 8 }), (instances, synchronous) => {
        // After the loss of one replica as many as are asked for must be left beside the primary.
        assert.equal(keepsWriting(instances, synchronous), instances - 2 >= synchronous);
      }),
    );
  });
});
