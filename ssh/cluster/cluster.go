// Package cluster starts on one machine what several nodes of the service share: a
// PostgreSQL server of Debian's, that can be stopped and killed under them. It is for
// rehearsals (`task cluster`) and for the tests of several nodes; nothing that serves
// people is made of it. It runs on Linux alone.
package cluster
