// Command pulumi-language-nodejs lets the Pulumi CLI run Node.js programs and policy packs where the CLI was built from its
// Go modules, which do not carry the vendor's language host. It is put on PATH only then. Programs are run by the SDK's own
// @pulumi/pulumi/cmd/run and cmd/run-policy-pack, as the vendor's host runs them.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// The SDK exits with this code when it has already told the user what went wrong.
const exitedAfterUserMessage = 32

func main() {
	engine := ""
	for _, arg := range os.Args[1:] {
		if !strings.HasPrefix(arg, "-") {
			engine = arg
		}
	}
	cancel := make(chan bool)
	if engine != "" {
		ctx, stop := context.WithCancel(context.Background())
		if err := rpcutil.Healthcheck(ctx, engine, 5*time.Second, stop); err == nil {
			go func() { <-ctx.Done(); close(cancel) }()
		}
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(handle.Port)
	if err := <-handle.Done; err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

func (h *host) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: strings.TrimPrefix(version.Version, "v")}, nil
}

// GetRequiredPackages names none: this host runs where no plugin can be downloaded, so the engine loads each provider when
// a program first uses it, and says so by name if it is not installed.
func (h *host) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	out, err := exec.Command(node, "--version").Output()
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(out))}, nil
}

func (h *host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	text, err := os.ReadFile(filepath.Join(req.GetInfo().GetRootDirectory(), "package.json"))
	if err != nil {
		return nil, err
	}
	var manifest struct{ Dependencies map[string]string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	answer := &pulumirpc.GetProgramDependenciesResponse{}
	for name, version := range manifest.Dependencies {
		answer.Dependencies = append(answer.Dependencies, &pulumirpc.DependencyInfo{Name: name, Version: version})
	}
	return answer, nil
}

func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	cmd := exec.CommandContext(stream.Context(), "npm", "install")
	cmd.Dir = req.GetInfo().GetProgramDirectory()
	return pipe(cmd,
		func(line []byte) error { return stream.Send(&pulumirpc.InstallDependenciesResponse{Stdout: line}) },
		func(line []byte) error { return stream.Send(&pulumirpc.InstallDependenciesResponse{Stderr: line}) })
}

// Run runs a program with the SDK's cmd/run, which registers its resources with the engine's monitor.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	info := req.GetInfo()
	script, err := sdkScript(info.GetProgramDirectory(), "run")
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	config := req.GetConfig()
	if config == nil {
		config = map[string]string{}
	}
	secretKeys := req.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	secretKeysJSON, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}

	options := info.GetOptions().AsMap()
	args := append(nodeArgs(options), script,
		"--monitor", req.GetMonitorAddress(),
		"--engine", h.engine,
		"--organization", req.GetOrganization(),
		"--project", req.GetProject(),
		"--root-directory", info.GetRootDirectory(),
		"--stack", req.GetStack(),
		"--pwd", req.GetPwd(),
		"--parallel", strconv.Itoa(int(req.GetParallel())))
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	args = append(append(args, info.GetEntryPoint()), req.GetArgs()...)

	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = info.GetProgramDirectory()
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"PULUMI_CONFIG="+string(configJSON),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secretKeysJSON),
		"PULUMI_NODEJS_TYPESCRIPT="+strconv.FormatBool(options["typescript"] != false))
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitedAfterUserMessage:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with exit code %d", exit.ExitCode())}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("node could not be run: %v", err)}, nil
	}
}

// RunPlugin runs a policy pack or a component provider that is written for Node.js, and passes on what it prints: its first
// line is the port that the engine talks to.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	directory := req.GetInfo().GetProgramDirectory()
	entry := "run-plugin"
	if req.GetKind() == "analyzer" {
		entry = "run-policy-pack"
	}
	script, err := sdkScript(directory, entry)
	if err != nil {
		return err
	}
	args := append(nodeArgs(req.GetInfo().GetOptions().AsMap()), script)
	cmd := exec.CommandContext(stream.Context(), "node")
	if entry == "run-policy-pack" {
		// A pack reads its version from the package.json in the working directory.
		cmd.Dir = directory
		args = append(append(args, req.GetArgs()...), directory)
	} else {
		cmd.Dir = req.GetPwd()
		args = append(append(args, directory), req.GetArgs()...)
	}
	cmd.Args = append(cmd.Args, args...)
	cmd.Env = req.GetEnv()
	if len(cmd.Env) == 0 {
		cmd.Env = os.Environ()
	}
	err = pipe(cmd,
		func(line []byte) error {
			return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: line}})
		},
		func(line []byte) error {
			return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: line}})
		})
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code := int32(exit.ExitCode())
		return stream.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
	}
	return err
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func nodeArgs(options map[string]interface{}) []string {
	text, _ := options["nodeargs"].(string)
	return strings.Fields(text)
}

// sdkScript finds @pulumi/pulumi/cmd/<name> as Node resolves packages: in the nearest node_modules upwards.
func sdkScript(directory, name string) (string, error) {
	for at := directory; ; at = filepath.Dir(at) {
		script := filepath.Join(at, "node_modules", "@pulumi", "pulumi", "cmd", name, "index.js")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("@pulumi/pulumi is not installed in %s or above it; run npm install there", directory)
		}
	}
}

// pipe runs cmd and hands on what it prints as it comes. A gRPC stream takes one sender at a time.
func pipe(cmd *exec.Cmd, stdout, stderr func([]byte) error) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	outs, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	errs, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var lock sync.Mutex
	var readers sync.WaitGroup
	forward := func(from io.Reader, send func([]byte) error) {
		defer readers.Done()
		reader := bufio.NewReader(from)
		for {
			line, err := reader.ReadBytes('\n')
			if len(line) > 0 {
				lock.Lock()
				_ = send(line)
				lock.Unlock()
			}
			if err != nil {
				return
			}
		}
	}
	readers.Add(2)
	go forward(outs, stdout)
	go forward(errs, stderr)
	readers.Wait()
	return cmd.Wait()
}
