import { Config } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random/randomBytes.js";
import { RandomId } from "@pulumi/random/randomId.js";
import { RandomInteger } from "@pulumi/random/randomInteger.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { RandomPet } from "@pulumi/random/randomPet.js";
import { RandomShuffle } from "@pulumi/random/randomShuffle.js";
import { RandomString } from "@pulumi/random/randomString.js";
import { RandomUuid } from "@pulumi/random/randomUuid.js";

const config = new Config();
const keepers = { generation: config.get("generation") ?? "1" };

const plain = new RandomPassword("plain", { length: config.getNumber("length") ?? 32, special: false, keepers });
const rich = new RandomPassword("rich", { length: 24, minNumeric: 3, minSpecial: 2, overrideSpecial: "-_" });
const bytes = new RandomBytes("bytes", { length: 16 });

export const passwords = { plain: plain.result, rich: rich.result, bytes: bytes.hex };
export const id = new RandomId("id", { byteLength: 4, prefix: "apg-" }).hex;
export const text = new RandomString("text", { length: 8, upper: false, special: false }).result;
export const uuid = new RandomUuid("uuid").result;
export const integer = new RandomInteger("integer", { min: 1, max: 6 }).result;
export const pet = new RandomPet("pet").id;
export const shuffled = new RandomShuffle("shuffled", { inputs: ["a", "b", "c"] }).results;
