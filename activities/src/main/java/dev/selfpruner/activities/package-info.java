/**
 * The contract between the workflows and the workers: activity interfaces, the records they
 * exchange, and the store that everything over a few kilobytes goes through.
 */
package dev.selfpruner.activities;
