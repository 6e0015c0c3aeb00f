// The Kubernetes resource provider, release 4.25.0, built from its Go module. The module's own main package embeds files
// that a generator writes at release time and the module does not carry; the build copies the schemas that it does carry
// beside this file (schema.json, terraform-mapping.json) instead.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
