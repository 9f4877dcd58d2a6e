package dev.kiln.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What came with a deployment's request.
 *
 * @param parameters the query's and the JSON configuration's
 * @param archive the file that holds the code, if any was sent; it is removed once the deployment
 *     has ended
 */
record Upload(Map<String, JsonNode> parameters, Optional<Path> archive) {}
