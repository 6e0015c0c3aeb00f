import { PolicyPack } from "@pulumi/policy";

new PolicyPack("empty", {
  policies: [
    { name: "nothing", description: "Asks for nothing.", enforcementLevel: "advisory", validateStack: () => {} },
  ],
});
