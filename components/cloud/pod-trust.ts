import { policyDocument } from "./policy-document.ts";

/** Lets the pods of one service account of the namespace take the role, by EKS Pod Identity (CV-ENV-03). */
export function podTrust(namespace: string, serviceAccount: string): string {
  return policyDocument([
    {
      Sid: "Pods",
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      },
    },
  ]);
}
