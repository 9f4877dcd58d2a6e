/**
 * What the front doors share: bodies read within limits, problems written as documents, the headers
 * of an invocation's answer. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.http;

import org.jspecify.annotations.NullMarked;
