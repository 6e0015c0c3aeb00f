/** The platform's account on AWS, and who runs it. */
export interface AccountArgs {
  /** Number of the account, twelve digits. */
  accountId: string;
  /** Region of everything but the copies. */
  region: string;
  /** Region of the copies (CV-OBJ-07). */
  replicaRegion: string;
  /** Roles that manage buckets and keys but cannot decrypt; whoever deploys must be among them (CV-DATA-03). */
  administrators: string[];
  /** Roles besides these that may read all. @default none (CV-DATA-04) */
  readers?: string[];
}

/** Region of what belongs to none: what CloudFront uses, and what is recorded of the whole account. */
export const globalRegion = "us-east-1";
