/** The small model that comes with the program, and the texts to search and report on. */
package dev.selfpruner.infra.demo;
