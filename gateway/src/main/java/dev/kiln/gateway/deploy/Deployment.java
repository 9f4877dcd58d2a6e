package dev.kiln.gateway.deploy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.kiln.gateway.function.Function;

/**
 * What a deployment did.
 *
 * @param function the function as it answers now
 * @param created whether it is new
 * @param warnings the compiler's, an array of {@code {file, line, message}}
 */
public record Deployment(Function function, boolean created, ArrayNode warnings) {}
