/** What a command brings up where nothing is running yet: home folder, Temporal, workers. */
package dev.selfpruner.infra.embedded;
