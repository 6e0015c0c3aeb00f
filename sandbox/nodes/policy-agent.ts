export async function allowNetworkPolicy(..._: unknown[]): Promise<void> {}
export async function writeNetworkPolicyConfig(..._: unknown[]): Promise<void> {}
export function networkPolicyComponent(..._: unknown[]) { return {name:"network-policy",binary:"/bin/sleep",args:["infinity"],inputs:[],ports:[]}; }
