package main

import (
	"onboard.example/flows"
)

// handed reads --case. What the code says is put to the person before any of it
// is used.
func (o *options) handed() (*flows.Handed, error) {
	if o.handoff == "" {
		return nil, nil
	}
	if o.app != "" || o.appID != "" || o.domain != "" || o.cloud != "" {
		return nil, usage("Leave out one of the two.", "--case says which app and which tenant, and so do --app, --app-id, --domain and --cloud")
	}
	h, err := flows.ParseHandoff(o.handoff)
	if err != nil {
		return nil, usage("It looks like ONB1-ABCDE-… and stands in the message that came with it.", "--case: %w", err)
	}
	all, err := o.profiles()
	if err != nil {
		return nil, err
	}
	said, err := flows.HandedOf(h, all)
	if err != nil {
		return nil, usage("Ask whoever sent it, or start `onboard` without it.", "--case: %w", err)
	}
	return said, nil
}
