import type * as pulumi from "@pulumi/pulumi";
import { Certificate } from "@pulumi/aws/acm/certificate.js";
import { CertificateValidation } from "@pulumi/aws/acm/certificateValidation.js";
import { Record } from "@pulumi/aws/route53/record.js";
import { thresholds } from "../../checklist/thresholds.ts";

/** Names that a certificate of ACM takes, unless the account's quota is raised. */
export const mostCertificateNames = 10;

/** A certificate of ACM as it will be. */
export interface PlannedCertificate {
  /** Region of the certificate, which is that of whatever shows it. */
  region: string;
  /** Names that it is for, at least one, all of them in the zone. */
  names: readonly string[];
  /** Zone that the names are proved in. */
  zoneId: pulumi.Input<string>;
  /** Tags of the certificate. */
  tags: { [tag: string]: string };
}

/**
 * Declares a certificate, which AWS renews as long as the records that prove its names stay (CV-TLS-01). Its ARN is known
 * when it is signed, for which the world has to see the zone.
 */
export function provedCertificate(
  name: string,
  { region, names, zoneId, tags }: PlannedCertificate,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const [domainName, ...subjectAlternativeNames] = names;
  const certificate = new Certificate(
    name,
    {
      region,
      domainName: domainName!,
      subjectAlternativeNames,
      validationMethod: "DNS",
      keyAlgorithm: "EC_prime256v1",
      tags,
    },
    opts,
  );
  const proofs = names.map((host) => {
    const option = certificate.domainValidationOptions.apply((options) =>
      options.find((each) => each.domainName === host)!,
    );
    return new Record(
      `${name}-${host}-proof`,
      {
        zoneId,
        name: option.resourceRecordName,
        type: "CNAME",
        records: [option.resourceRecordValue],
        ttl: thresholds.edge.maxTtlSeconds,
        // The record is the same in every region of an account, and each region's stack has it.
        allowOverwrite: true,
      },
      opts,
    );
  });
  return new CertificateValidation(
    name,
    { region, certificateArn: certificate.arn, validationRecordFqdns: proofs.map(({ fqdn }) => fqdn) },
    opts,
  ).certificateArn;
}
