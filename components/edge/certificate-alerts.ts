import type { Alert } from "../data/alerts.ts";

const runbook = "runbooks/certificate-renewal.md";
const daySeconds = 86_400;

/** Alerts about every certificate of cert-manager, not the gateway's alone (CV-TLS-01, CV-MAINT-07). */
export function certificateAlerts(): Alert[] {
  const expires = (days: number, severity: Alert["severity"]): Alert => ({
    alert: `CertificateExpiresIn${days}d`,
    expr: `certmanager_certificate_expiration_timestamp_seconds - time() < ${days * daySeconds}`,
    for: "1h",
    severity,
    summary: `The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} is valid for less than ${days} days and was not renewed.`,
    runbook,
  });
  return [
    // It renews 30 days before the end; a week of tries is over when the first of these calls.
    expires(21, "warning"),
    expires(7, "critical"),
    {
      alert: "CertificateNotReady",
      expr: 'certmanager_certificate_ready_status{condition="False"} == 1',
      for: "1h",
      severity: "warning",
      summary: "The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} cannot be had from its issuer.",
      runbook,
    },
    {
      alert: "CertificatesUnwatched",
      expr: "absent(certmanager_certificate_expiration_timestamp_seconds)",
      for: "1h",
      severity: "warning",
      summary: "Nobody tells when certificates expire: cert-manager's metrics are missing.",
      runbook,
    },
  ];
}
