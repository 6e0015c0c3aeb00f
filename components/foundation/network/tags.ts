// Tags by which subnets are found.

/** Says which tier a subnet is of: public, private or data. */
export const tierTag = "apg:tier";

/** Subnets that load balancers of the internet may be put into. */
export const publicBalancersTag = "kubernetes.io/role/elb";

/** Subnets that internal load balancers may be put into. */
export const internalBalancersTag = "kubernetes.io/role/internal-elb";
