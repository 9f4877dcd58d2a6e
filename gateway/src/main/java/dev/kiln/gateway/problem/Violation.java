package dev.kiln.gateway.problem;

/**
 * One thing wrong with a request.
 *
 * @param parameter what it is about, as the caller wrote it
 * @param message what would be right, as a sentence
 */
public record Violation(String parameter, String message) {}
