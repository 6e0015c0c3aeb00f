// Keys, and what is encrypted with them.
import { add, all, set, unset, setWithin, linked, unknownText } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

export const keyCases: RuleCases[] = [
  {
    rule: "keys-are-rotated-yearly",
    of: "security",
    good: [
      {
        when: "a key signs",
        change: all(
          set("platform-key", "keyUsage", "SIGN_VERIFY"),
          set("platform-key", "customerMasterKeySpec", "ECC_NIST_P256"),
          unset("platform-key", "enableKeyRotation"),
        ),
      },
    ],
    bad: [
      {
        when: "it is never renewed",
        change: unset("platform-key", "enableKeyRotation"),
        on: "platform-key",
        says: ['Key "platform-key" is never renewed: set enableKeyRotation to true.'],
      },
      {
        when: "years pass, and it is no AES",
        change: all(
          set("platform-key", "rotationPeriodInDays", 730),
          set("platform-key", "customerMasterKeySpec", "RSA_4096"),
        ),
        on: "platform-key",
        says: [
          'Key "platform-key" encrypts by RSA_4096: set customerMasterKeySpec to SYMMETRIC_DEFAULT, which is AES-256.',
          'Key "platform-key" is renewed every 730 days: set rotationPeriodInDays to at most 365.',
        ],
      },
      {
        when: "it comes from elsewhere",
        change: add(resource("aws:kms/externalKey:ExternalKey", "external", {})),
        on: "external",
        says: ['ExternalKey "external" is made elsewhere, so that KMS cannot renew it: declare a Key.'],
      },
    ],
  },
  {
    rule: "keys-are-not-deleted-quickly",
    of: "security",
    bad: [
      {
        when: "it is gone in a week, and off until then",
        change: all(set("platform-key", "deletionWindowInDays", 7), set("platform-key", "isEnabled", false)),
        on: "platform-key",
        says: [
          'Key "platform-key" is gone 7 days after its deletion: set deletionWindowInDays to 30.',
          'Key "platform-key" is switched off, and with it what it encrypts: remove isEnabled.',
        ],
      },
    ],
  },
  {
    rule: "keys-are-managed-by-others-than-their-users",
    of: "security",
    good: [
      {
        when: "a condition says which role of the account",
        change: all(
          setWithin("platform-key", "policy", "Statement.1.Principal.AWS", "arn:aws:iam::123456789012:root"),
          setWithin("platform-key", "policy", "Statement.1.Condition", {
            ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/service" },
          }),
        ),
      },
    ],
    bad: [
      {
        when: "it has no policy",
        change: unset("platform-key", "policy"),
        on: "platform-key",
        says: ['Key "platform-key" may be used by all of the account: set policy, and name managers and users in it.'],
      },
      {
        when: "everybody may use it",
        change: setWithin("platform-key", "policy", "Statement.1.Principal.AWS", "*"),
        on: "platform-key",
        says: ['Key "platform-key" lets everybody in by statement Use: name the principals.'],
      },
      {
        when: "all of the account may do all",
        change: all(
          setWithin("platform-key", "policy", "Statement.0.Principal.AWS", "arn:aws:iam::123456789012:root"),
          setWithin("platform-key", "policy", "Statement.0.Action", "kms:*"),
        ),
        on: "platform-key",
        says: [
          'Key "platform-key" may be used by all of arn:aws:iam::123456789012:root in statement Manage: name roles.',
        ],
      },
      {
        when: "a manager uses it",
        change: setWithin(
          "platform-key",
          "policy",
          "Statement.1.Principal.AWS",
          "arn:aws:iam::123456789012:role/deployer",
        ),
        on: "platform-key",
        says: [
          'Key "platform-key" is both managed and used by arn:aws:iam::123456789012:role/deployer: let one role manage it, and another use it.',
        ],
      },
      {
        when: "all of the account may use it, with a star for its roles",
        change: all(
          setWithin("platform-key", "policy", "Statement.1.Principal.AWS", "arn:aws:iam::123456789012:root"),
          setWithin("platform-key", "policy", "Statement.1.Condition", {
            ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/*" },
          }),
        ),
        on: "platform-key",
        says: ['Key "platform-key" may be used by all of arn:aws:iam::123456789012:root in statement Use: name roles.'],
      },
      {
        when: "it is a list of what is not allowed",
        change: setWithin("platform-key", "policy", "Statement.0.NotAction", "kms:Decrypt"),
        on: "platform-key",
        says: ['Key "platform-key" allows more than its own actions in statement Manage: list them.'],
      },
      {
        when: "nobody knows its policy",
        change: set("platform-key", "policy", unknownText),
        on: "platform-key",
        says: [undecidable('Key "platform-key"', "policy")],
      },
    ],
  },
  {
    rule: "keys-are-of-one-data-class",
    of: "data",
    bad: [
      {
        when: "backups and another class share one",
        change: all(
          linked("apg-audio-globex-inc-test-encryption", "rules", "backup-key"),
          set("apg-audio-globex-inc-test", ["tags", "data-class"], "restricted"),
        ),
        on: "backup-key",
        says: ['Key "backup-key" encrypts data of the classes confidential, restricted: declare a Key for each.'],
      },
    ],
  },
  {
    rule: "log-groups-are-encrypted-and-kept",
    of: "security",
    good: [{ when: "logs are kept for a year", change: set("flow-logs", "retentionInDays", 365) }],
    bad: [
      {
        when: "all is left to the defaults",
        change: all(unset("flow-logs", "kmsKeyId"), unset("flow-logs", "retentionInDays")),
        on: "flow-logs",
        says: [
          'LogGroup "flow-logs" is not encrypted with a key of its own: set kmsKeyId.',
          'LogGroup "flow-logs" keeps logs for ever: set retentionInDays to at least 90.',
        ],
      },
      {
        when: "logs are kept for a week",
        change: set("flow-logs", "retentionInDays", 7),
        on: "flow-logs",
        says: ['LogGroup "flow-logs" keeps logs for 7 days: set retentionInDays to at least 90.'],
      },
    ],
  },
  {
    rule: "topics-and-queues-are-encrypted",
    of: "security",
    bad: [
      {
        when: "a queue is not",
        change: unset("interruptions", "kmsMasterKeyId"),
        on: "interruptions",
        says: [
          'Queue "interruptions" is not encrypted with a key of its own: set kmsMasterKeyId to a customer managed key.',
        ],
      },
      {
        when: "a topic is by AWS' own key",
        change: set("paging", "kmsMasterKeyId", "alias/aws/sns"),
        on: "paging",
        says: ['Topic "paging" is not encrypted with a key of its own: set kmsMasterKeyId to a customer managed key.'],
      },
    ],
  },
];
