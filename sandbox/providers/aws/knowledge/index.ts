import { edge } from "./edge.ts";
import { identity } from "./identity.ts";
import type { Knowledge, Types } from "./model.ts";
import { network } from "./network.ts";
import { operations } from "./operations.ts";
import { storage } from "./storage.ts";

/** By type token; of other types the typings are all that is known. */
export const knowledge: Readonly<Types> = { ...storage, ...identity, ...network, ...edge, ...operations };

const nothing: Knowledge = {};
export const knowledgeOf = (type: string): Knowledge => knowledge[type] ?? nothing;
