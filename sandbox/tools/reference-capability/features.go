package main

import (
	"errors"
	"io/fs"
	"os"

	"go.yaml.in/yaml/v2"
)

// readFeatures reads which features are on. The file never changes under a running pod: Application rolls the pods out anew.
// Without the file, there are none.
func readFeatures(path string) (map[string]bool, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]bool{}, nil
	}
	var flags []struct {
		Name     string `yaml:"name"`
		Default  bool   `yaml:"default"`
		Owner    string `yaml:"owner"`
		RemoveBy string `yaml:"removeBy"`
	}
	if err != nil || yaml.UnmarshalStrict(text, &flags) != nil {
		return nil, settingError(path + ": not readable as feature flags; a YAML list of name, default, owner and removeBy is accepted.")
	}
	features := map[string]bool{}
	for _, flag := range flags {
		features[flag.Name] = flag.Default
	}
	return features, nil
}
