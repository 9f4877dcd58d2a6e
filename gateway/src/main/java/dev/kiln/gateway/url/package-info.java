/**
 * Functions behind URLs: HTTP requests become events as AWS API Gateway shapes them, and what
 * handlers return becomes HTTP answers. Nothing is null.
 */
@NullMarked
package dev.kiln.gateway.url;

import org.jspecify.annotations.NullMarked;
