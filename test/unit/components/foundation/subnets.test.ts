import assert from "node:assert/strict";
import fc from "fast-check";
import { formatBlock, overlap, parseBlock, sizeOf, within } from "../../../../components/foundation/network/cidr.ts";
import { allocateSubnets, mostZones, usableAddresses } from "../../../../components/foundation/network/subnets.ts";

const prefixes = fc.integer({ min: 16, max: 20 });
const vpcs = fc
  .tuple(fc.nat({ max: 2 ** 24 - 1 }), prefixes)
  .map(([inner, prefix]) => ({ first: 10 * 2 ** 24 + inner - (inner % sizeOf(prefix)), prefix }));
const zoneCounts = fc.integer({ min: 1, max: mostZones });
const blocksOf = (vpc: string, zones: number) =>
  allocateSubnets(vpc, zones)!.flatMap((zone) => [zone.public, zone.private, zone.data]);

describe("subnets of a VPC", () => {
  it("are what people expect of a /16 over three zones", () => {
    assert.deepEqual(allocateSubnets("10.20.0.0/16", 3), [
      { public: "10.20.224.0/24", private: "10.20.0.0/20", data: "10.20.240.0/24" },
      { public: "10.20.225.0/24", private: "10.20.16.0/20", data: "10.20.241.0/24" },
      { public: "10.20.226.0/24", private: "10.20.32.0/20", data: "10.20.242.0/24" },
    ]);
    assert.equal(usableAddresses("10.20.0.0/20"), 4091);
  });

  it("lie within the VPC and never overlap", () => {
    fc.assert(
      fc.property(vpcs, zoneCounts, (vpc, zones) => {
        const blocks = blocksOf(formatBlock(vpc), zones).map((cidr) => parseBlock(cidr)!);
        assert.equal(blocks.length, 3 * zones);
        for (const [index, block] of blocks.entries()) {
          assert.ok(within(block, vpc));
          assert.ok(block.prefix <= 28, "AWS takes no smaller subnet");
          for (const other of blocks.slice(index + 1)) assert.ok(!overlap(block, other));
        }
      }),
    );
  });

  it("stay as they are when a zone is added", () => {
    fc.assert(
      fc.property(vpcs, fc.integer({ min: 1, max: mostZones - 1 }), (vpc, zones) => {
        const cidr = formatBlock(vpc);
        assert.deepEqual(allocateSubnets(cidr, zones + 1)!.slice(0, zones), allocateSubnets(cidr, zones));
      }),
    );
  });

  it("give pods sixteen times the addresses of the others", () => {
    fc.assert(
      fc.property(vpcs, zoneCounts, (vpc, zones) => {
        for (const zone of allocateSubnets(formatBlock(vpc), zones)!) {
          const [open, pods, data] = [zone.public, zone.private, zone.data].map((cidr) => parseBlock(cidr)!.prefix);
          assert.deepEqual([open, pods, data], [vpc.prefix + 8, vpc.prefix + 4, vpc.prefix + 8]);
        }
      }),
    );
  });

  it("are none where they do not fit", () => {
    for (const vpc of ["10.0.0.0/15", "10.0.0.0/21", "10.20.1.0/16", "10.20.0.0", "10.256.0.0/16", "10.020.0.0/16", ""])
      assert.equal(allocateSubnets(vpc, 3), undefined, vpc);
    for (const zones of [0, mostZones + 1, 1.5]) assert.equal(allocateSubnets("10.20.0.0/16", zones), undefined);
  });

  it("are read and written without loss", () => {
    fc.assert(fc.property(vpcs, (vpc) => assert.deepEqual(parseBlock(formatBlock(vpc)), vpc)));
  });
});
