package dev.selfpruner.activities.search;

/**
 * Asks how many windows there are.
 *
 * @param model directory of the model, whose tokenizer cuts the text
 * @param text with the windows wanted
 */
public record WindowsRequest(String model, TextWindows text) {}
