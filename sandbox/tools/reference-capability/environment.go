package main

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// settingError says in one line which variable is wrong, what was given unless it may be a secret, and what is accepted.
type settingError string

func (e settingError) Error() string { return string(e) }

// reader reads variables, and remembers what is wrong with the first that is.
type reader struct {
	env     func(string) string
	problem settingError
}

func (r *reader) text(name, otherwise string) string { return cmp.Or(r.env(name), otherwise) }

func (r *reader) matching(name, otherwise string, pattern *regexp.Regexp, accepted string) string {
	given := r.text(name, otherwise)
	if !pattern.MatchString(given) {
		r.refuse(name, fmt.Sprintf("%q given; %s is accepted", given, accepted))
	}
	return given
}

func (r *reader) number(name string, otherwise, least, most int) int {
	given := r.text(name, strconv.Itoa(otherwise))
	value, err := strconv.Atoi(given)
	if err != nil || value < least || value > most {
		r.refuse(name, fmt.Sprintf("%q given; a whole number from %d to %d is accepted", given, least, most))
	}
	return value
}

func (r *reader) seconds(name string, otherwise, most int) time.Duration {
	return time.Duration(r.number(name, otherwise, 1, most)) * time.Second
}

// oneOf takes the first of what is accepted when nothing is given.
func (r *reader) oneOf(name string, accepted ...string) string {
	given := r.text(name, accepted[0])
	if !slices.Contains(accepted, given) {
		r.refuse(name, fmt.Sprintf("%q given; %s are accepted", given, strings.Join(accepted, ", ")))
	}
	return given
}

// someOf reads a list with commas.
func (r *reader) someOf(name, otherwise string, accepted ...string) []string {
	given := strings.Split(r.text(name, otherwise), ",")
	for i, one := range given {
		given[i] = strings.TrimSpace(one)
		if !slices.Contains(accepted, given[i]) {
			r.refuse(name, fmt.Sprintf("%q given; a list of %s is accepted", given[i], strings.Join(accepted, ", ")))
		}
	}
	return given
}

// address never repeats what was given: an address may hold a password.
func (r *reader) address(name string, schemes ...string) *url.URL {
	given := r.env(name)
	if given == "" {
		return nil
	}
	parsed, err := url.Parse(given)
	if err != nil || parsed.Host == "" || !slices.Contains(schemes, parsed.Scheme) {
		r.refuse(name, "not such an address; one that begins with "+strings.Join(schemes, ":// or ")+":// is accepted")
		return nil
	}
	return parsed
}

func (r *reader) refuse(name, problem string) {
	r.problem = cmp.Or(r.problem, settingError(name+": "+problem+"."))
}
