/** One statement of a policy. */
export interface Statement {
  /** What the statement is called. */
  Sid: string;
  /** Whether it allows or denies. */
  Effect: "Allow" | "Deny";
  /** Whom it is about; nothing in a policy of a role. */
  Principal?: string | Record<string, string | string[]>;
  /** What they do. */
  Action: string | string[];
  /** With what; nothing in a trust policy. */
  Resource?: string | string[];
  /** When it counts. */
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A policy as text; the same statements make the same text. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The role's ARN, which follows from its name. */
export function roleArn(accountId: string, role: string): string {
  return `arn:aws:iam::${accountId}:role/${role}`;
}

/** The bucket's ARN, which follows from its name. */
export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}
