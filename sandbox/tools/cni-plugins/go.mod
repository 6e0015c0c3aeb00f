module sandbox/tools/cni-plugins

go 1.26.0

require github.com/containernetworking/plugins v1.7.1
