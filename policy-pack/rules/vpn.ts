// The way in for people who administer: by a VPN that knows them, and writes down who came.
import { cloudRule, stackRule } from "../lib/define.ts";
import { clustersOf } from "../lib/eks.ts";
import { besideOf, Named } from "../lib/links.ts";

const endpointType = "aws:ec2clientvpn/endpoint:Endpoint";
const authorizationType = "aws:ec2clientvpn/authorizationRule:AuthorizationRule";

export const clustersHaveAVpn = stackRule<Named>({
  name: "clusters-are-administered-by-a-vpn",
  decides: ["CV-NET-06"],
  severity: "high",
  description: "A stack with an EKS cluster has a Client VPN, the only way in for people.",
  fix: "Declare a Client VPN Endpoint and an AuthorizationRule for the group that administers.",
  settings: {
    acceptNone: {
      type: "boolean",
      default: false,
      description: "Whether people may come in by another network that is connected, or by Session Manager alone.",
    },
  },
  subjects: clustersOf,
  check: (cluster, stack, complain, { acceptNone }) => {
    const endpoints = stack.ofType(endpointType).map((cloud) => new Named(cloud));
    if (endpoints.length === 0 && acceptNone !== true)
      complain(`${cluster.title} has no way in for people: declare an Endpoint of ec2clientvpn.`);
    for (const endpoint of endpoints) {
      if (besideOf(stack, endpoint, endpoints, "clientVpnEndpointId", authorizationType).length === 0)
        complain(`${endpoint.title} lets nobody in: declare an AuthorizationRule for a group.`);
    }
  },
});

export const vpnsKnowTheirUsers = cloudRule({
  name: "vpns-know-their-users",
  decides: ["CV-NET-06"],
  severity: "critical",
  description: "Every Client VPN asks the identity provider who comes, and writes it down.",
  fix: "Set authenticationOptions to one of type federated-authentication, and connectionLogOptions.enabled to true.",
  types: [endpointType],
  check: ({ title, props }, complain) => {
    const types = props
      .get("authenticationOptions")
      .list()
      .map((each) => each.get("type").string());
    if (!types.includes("federated-authentication"))
      complain(
        `${title} does not ask the identity provider who comes: set authenticationOptions to federated-authentication.`,
      );
    if (props.at("connectionLogOptions.enabled").boolean() !== true)
      complain(`${title} does not write down who came: set connectionLogOptions.enabled to true.`);
  },
});

export const vpnsLetGroupsIn = cloudRule({
  name: "vpns-let-named-groups-in",
  decides: ["CV-NET-06"],
  severity: "high",
  description: "Every authorisation of a Client VPN names one group of people.",
  fix: "Set accessGroupId, and remove authorizeAllGroups.",
  types: [authorizationType],
  check: ({ title, props }, complain) => {
    if (props.get("authorizeAllGroups").boolean() === true || !props.get("accessGroupId").isGiven)
      complain(`${title} lets everybody in whom the identity provider knows: set accessGroupId.`);
  },
});
